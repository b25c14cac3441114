"""Cedar Valley ISD, the other district: a foreign token must see nothing of Lincoln."""

from __future__ import annotations

from datetime import date

from portal.sandbox.districts.district import District


class CedarValley(District):
    """One small school with a class of the same name as one in Lincoln."""

    def __init__(self, seed: int, today: date) -> None:
        super().__init__("Cedar Valley ISD", "cedar-valley", seed, today)
        school = self.school("Cedar Valley Middle School")
        term = self.term("Fall", -70, 60)
        nina = self.teacher("Nina", "Alvarez", [school], "nina@cedar.example")
        math = {"grade": "8", "subject": "math", "period": "3", "term": term}
        self.section("Algebra I - Period 3", school, [nina], self.students(15, "8", school), **math)
        self.section("Homeroom 8C", school, [nina], self.students(9, "8", school), term=term)
        self.district_admin("Lee", "Morgan", "Superintendent")
