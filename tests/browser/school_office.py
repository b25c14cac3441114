"""The school office: changes a class on the sandbox's control page, in a tab of its own."""

from __future__ import annotations

from tests.browser.device import Device
from tests.browser.teaching import class_id


class SchoolOffice:
    """Whoever keeps the school records that Clever reads."""

    def __init__(self, device: Device, class_name: str) -> None:
        self.tab = device.new_tab()
        self.sandbox = device.sandbox
        self.class_id = class_id(device, class_name)
        self.gone: list[str] = []

    def changes_three_students(self) -> None:
        """One enrolled, one withdrawn, one renamed."""
        self._open_class()
        self.tab.get_by_label("First name").fill("Nia")
        self.tab.get_by_label("Last name").fill("Park")
        self.tab.get_by_role("button", name="Enrol new student").click()
        self.withdraws(["Grace Nakamura"])
        self.tab.get_by_role("link", name="Change Zoë Núñez").click()
        self.tab.get_by_label("Last name").fill("Marín")
        self.tab.get_by_role("button", name="Rename").click()

    def withdraws(self, names: list[str]) -> None:
        self._open_class()
        for name in names:
            self.tab.get_by_role("checkbox", name=name, exact=True).check()
        self.tab.get_by_role("button", name="Withdraw the chosen students").click()
        self.tab.get_by_role("status").filter(has_text="Withdrawn").wait_for()
        self.gone = names

    def swaps_one_of_them_for_another(self) -> None:
        """The last one withdrawn comes back, and somebody else leaves: as many, not the same."""
        *gone, back = self.gone
        other = next(name for name in self.class_list() if name != "Nia Park")
        self.enrols_again(back)
        self.withdraws([other])
        self.gone = [*gone, other]

    def enrols_again(self, name: str) -> None:
        self._open_class()
        self.tab.get_by_label("Student’s name").fill(name)
        self.tab.get_by_role("button", name="Search").click()
        self.tab.get_by_role("checkbox", name=name, exact=True).first.check()
        self.tab.get_by_role("button", name="Enrol the chosen students").click()

    def class_list(self) -> list[str]:
        return [student["name"] for student in self.sandbox.section(self.class_id)["students"]]

    def _open_class(self) -> None:
        self.tab.goto(f"{self.sandbox.url}/sandbox/sections/{self.class_id}")
