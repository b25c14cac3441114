"""The demo: the whole product on one machine, with a make-believe Clever beside it."""
