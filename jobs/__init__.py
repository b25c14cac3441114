"""Background work: the queue, what may run on it, its worker and its clock."""
