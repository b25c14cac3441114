"""What districts share with us: their schools, teachers, classes and students (K1)."""
