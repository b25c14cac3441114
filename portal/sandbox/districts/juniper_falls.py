"""Juniper Falls, a district that has not connected the app: its teachers add it by themselves."""

from __future__ import annotations

from datetime import date

from portal.sandbox import library
from portal.sandbox.districts.district import District
from portal.sandbox.store import Store


class JuniperFalls(District):
    """Helen Park has added the app from Clever Library; Victor Sandoval, a co-teacher, has not."""

    def __init__(self, seed: int, today: date) -> None:
        super().__init__("Juniper Falls Schools", "juniper-falls", seed, today)
        school = self.school("Juniper Falls Middle School")
        term = self.term("Autumn", -60, 60)
        self.park = self.teacher("Helen", "Park", [school], "helen.park@juniper.example")
        victor = self.teacher("Victor", "Sandoval", [school], "victor@juniper.example")
        self.staff("Nora", "Bell", [school], "SchoolTechLead")
        self.district_admin("Dana", "Wells", "Clever admin")
        sixth = [self.student("Wren", "Castillo", "6", [school]), *self.students(27, "6", school)]
        science = {"grade": "6", "subject": "science", "period": "2", "term": term}
        math = {"grade": "6", "subject": "math", "period": "4", "term": term}
        self.section("Life Science - Period 2", school, [self.park], sixth[:18], **science)
        self.section("Math 6 - Period 4", school, [self.park, victor], sixth[8:], **math)
        self.section("Robotics Club", school, [victor], [sixth[0], sixth[9]], term=term)

    def connect(self, store: Store) -> None:
        """Not the district: one of its teachers."""
        library.authorise(store, self.park)
