"""Lincoln USD, the scripted district of the demo and the tests: messy on purpose (5.4)."""

from __future__ import annotations

from datetime import date

from portal.sandbox.districts.district import District

ADA, GRACE = ("Ada", "Byrne"), ("Grace", "Nakamura")
CLASSMATES = (
    ("Zoë", "Núñez", ""),
    ("يوسف", "الحسن", ""),
    ("נועה", "כהן", None),
    ("小明", "王", ""),
    ("Анна", "Ковальчук", ""),
    ("आरव", "शर्मा", ""),
    ("Íñigo", "O'Neill-Øster", "shared@mail.example"),
    ("Siobhán", "O'Neill-Øster", "shared@mail.example"),
    ("Pelé", "", ""),
    ("Rocket 🚀", "Bloom", "no-at-sign"),
)
ALGEBRA = {"grade": "8", "subject": "math", "period": "3"}


class Lincoln(District):
    """Three schools, one of them not shared; Maria Rivera's classes are the demo's stage."""

    def __init__(self, seed: int, today: date) -> None:
        super().__init__("Lincoln USD", "lincoln", seed, today)
        self._places()
        self._staff()
        self._algebra()
        self._rivera()
        self._others()
        self._oddities()

    def _places(self) -> None:
        self.middle = self.school("Lincoln Middle School")
        self.high = self.school("Lincoln High School")
        self.elementary = self.school("Lincoln Elementary School", shared=False)
        self.ended = self.term("Term 1", -150, -20)
        self.now = self.term("Term 2", -19, 120)
        self.next = self.term("Term 3", 121, 240)
        for gap in ("low_grade", "high_grade", "principal", "phone", "location"):
            del self.body(self.high)[gap]

    def _staff(self) -> None:
        middle, high = [self.middle], [self.high]
        self.rivera = self.teacher("Maria", "Rivera", middle, "maria.rivera@lincoln.example")
        self.okafor = self.teacher("Daniel", "Okafor", [*middle, *high], "d.okafor@lincoln.example")
        self.lindqvist = self.teacher("Sofia", "Lindqvist", middle, "")
        self.teacher("Beatriz", "Núñez", middle, "beatriz@lincoln.example")
        self.hart = self.teacher("Tom", "Hart", [self.elementary])
        self.diallo = self.teacher("Amara", "Diallo", high, "diallo@lincoln.example")
        admin = {"legacy_id": self._ids.next(), "title": "Curriculum"}
        self.body(self.diallo)["roles"]["district_admin"] = admin
        self.staff("Ruth", "Kim", middle, "SchoolTechLead")
        self.staff("Omar", "Haddad", high, "PortalOnly")
        self.lowell = self.district_admin("Pat", "Lowell", "Clever admin")

    def _algebra(self) -> None:
        """The right class, and its twin that ended; I and 1 look alike in most fonts."""
        self.ada = self.student(*ADA, "8", [self.middle], "ada@lincoln.example")
        self.grace = self.student(*GRACE, "8", [self.middle], "")
        named = [
            self.student(first, last, "8", [self.middle], email)
            for first, last, email in CLASSMATES
        ]
        self.eighth = [self.ada, self.grace, *named, *self.students(48, "8", self.middle)]
        course = self.course("Algebra", "MA-801")
        this_year, last_year = self.eighth[:26], self.eighth[40:44]
        right, twin = "Algebra I - Period 3", "Algebra 1 - Period 3"
        mine, his = [self.rivera, self.okafor], [self.okafor, self.rivera]
        more = ALGEBRA | {"course": course, "term": self.now}
        self.section(right, self.middle, mine, this_year, **more)
        self.section(twin, self.middle, his, last_year, **ALGEBRA | {"term": self.ended})

    def _rivera(self) -> None:
        """Her other classes: plain ones, an empty one, two of one name, one not started."""
        self.seventh = self.students(60, "7", self.middle)
        self.hidden = self.student("Quiet", "Marsh", "7", [self.middle])
        self.unshare(self.hidden)
        ada, eighth, seventh = self.ada, self.eighth, self.seventh
        advisory = {"grade": "8", "subject": "homeroom/advisory", "term": self.now}
        self._class("Advisory 8B", [ada, *eighth[20:38]], **advisory)
        self._class("Science Lab - Period 5", [], subject="science", period="5", term=self.now)
        math = {"grade": "7", "subject": "math", "term": self.now, "course": self.course("Math 7")}
        self._class("Math 7 - Period 1", seventh[:24], period="1", **math)
        self._class("Math 7 - Period 2", [*seventh[24:46], self.hidden], period="2", **math)
        self._class("Study Hall", [ada, *eighth[3:13]], term=self.now, grade="Ungraded")
        self._class("Study Hall", [ada, *seventh[46:59]], term=self.now)
        coding = {"grade": "8", "subject": "technology and engineering", "period": "6"}
        self._class("Coding Basics - Period 6", [ada, *eighth[45:56]], term=self.next, **coding)

    def _class(self, name: str, students: list[str], **more: str) -> None:
        self.section(name, self.middle, [self.rivera], students, **more)

    def _others(self) -> None:
        ada, okafor = self.ada, self.okafor
        band = [*self.eighth, *self.seventh]
        band += self.students(250 - len(band), "6", self.middle)
        arts = {"subject": "arts and music", "grade": "Other", "term": self.now}
        self.section("Band - All Grades", self.middle, [self.lindqvist, self.rivera], band, **arts)
        tenth = self.students(40, "10", self.high)
        geometry = {"subject": "math", "grade": "10", "term": self.now}
        self.section("Geometry II", self.high, [okafor], [ada, *tenth[:17]], **geometry)
        self.section("Geometry 11", self.high, [okafor, self.diallo], tenth[17:38], **geometry)
        self.section(
            "Reading Circle",
            self.elementary,
            [self.hart],
            self.students(12, "3", self.elementary),
            term=self.now,
        )

    def _oddities(self) -> None:
        """People at the edges: in two schools, in no class, a parent with a whole name in one."""
        role = self.body(self.ada)["roles"]["student"]
        role["schools"] = [self.middle, self.high]
        self.student("Nowhere", "Yet", "8", [self.middle])
        for student in self.eighth[:20]:
            name = self.body(student)["name"]
            self.contact(f"Robin {name['last'] or name['first']}", student)
