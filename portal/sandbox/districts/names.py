"""Names of make-believe people, in the scripts that a real school has."""

from __future__ import annotations

from random import Random

# Each script keeps its own family names, so that people read like people.
SCRIPTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        (
            *("Liam", "Olivia", "Noah", "Emma", "Mateo", "Sofia", "Elijah", "Amelia", "Lucas"),
            *("Harper", "Ezra", "Nora", "Caleb", "Ruby", "Jonah", "Willa", "Marcus", "Tessa"),
            *("Desmond", "Priya", "Kofi", "Imani", "Hiro", "Yuna", "Tariq", "Leilani", "Rohan"),
        ),
        (
            *("Anderson", "Brooks", "Carter", "Delgado", "Ellison", "Foster", "Greene", "Hughes"),
            *("Ibrahim", "Jackson", "Kim", "Lopez", "Mbeki", "Nguyen", "Owens", "Patel", "Quinn"),
            *("Ramirez", "Singh", "Tran", "Underwood", "Vargas", "Walker", "Young", "Zimmer"),
        ),
    ),
    (
        ("Zoë", "Íñigo", "Søren", "Chloé", "Łucja", "Jürgen", "Şirin", "Ngọc Ánh", "Ólafur"),
        ("Núñez", "O'Neill-Øster", "Müller", "Dvořák", "Işık", "D’Angelo", "Nguyễn", "Þórsson"),
    ),
    (("محمد", "فاطمة", "يوسف", "ليلى"), ("الحسن", "خليل", "منصور")),
    (("נועה", "איתי", "תמר"), ("כהן", "לוי", "בן־דוד")),
    (("小明", "美玲", "伟", "欣怡"), ("王", "李", "张", "陳")),
    (("Анна", "Дмитрий", "Олена"), ("Иванова", "Ковальчук", "Соколов")),
    (("आरव", "दीया", "ईशान"), ("शर्मा", "पाटिल", "वर्मा")),
    (("Mary-Kate", "Jean Luc", "De'Andre"), ("O'Brien", "van der Berg", "St. Clair", "McAdams")),
)
# Two in three are plain Latin names, as in the district that this imitates.
WEIGHTS = (16, 4, 1, 1, 1, 1, 1, 2)


def made_up_name(random: Random) -> tuple[str, str]:
    """A given and a family name out of one script."""
    given, family = random.choices(SCRIPTS, WEIGHTS)[0]
    return random.choice(given), random.choice(family)
