"""A reader of the Clever page: what its tabs say, page after page, and a district that is read."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator

from portal.models.syncs.district_runs import DistrictRun
from portal.settings import Settings
from tests.browser.clever_lists import Tabs
from tests.browser.device import Device
from tests.districts.whole import mirror_whole_district
from tests.portal_stack import RunningPortal

ROWS: dict[str, Callable[[Locator], tuple[str, ...]]] = {
    "schools": lambda row: (name_in(row),),
    "teachers": lambda row: (name_in(row),),
    "classes": lambda row: (
        str(row.get_by_role("checkbox").get_attribute("value")),
        name_in(row),
        row.locator("td.number").inner_text(),
    ),
    "students": lambda row: (
        str(row.locator("th a").get_attribute("href")).rpartition("/")[2],
        name_in(row),
        row.locator("td").first.inner_text(),
    ),
}


def read_district(portal: RunningPortal, district: str) -> DistrictRun:
    """As the nightly read does it, in this process."""
    with portal.tables():
        return mirror_whole_district(Settings.from_env(portal.env), district)


def tabs_of(device: Device) -> Tabs:
    """What each tab shows this reader, over all its pages."""
    return {tab: rows_of(device, tab) for tab in ROWS}


def rows_of(device: Device, tab: str) -> set[tuple[str, ...]]:
    device.open(f"/clever/{tab}")
    rows = rows_in_front(device, tab)
    assert counted(device) == counted(device, tab)
    while device.page.get_by_role("link", name="Next", exact=True).count():
        device.follow("Next")
        rows += rows_in_front(device, tab)
    assert len(rows) == len(set(rows)) == counted(device, tab), tab
    return set(rows)


def rows_in_front(device: Device, tab: str) -> list[tuple[str, ...]]:
    return [ROWS[tab](row) for row in device.page.locator("main tbody tr").all()]


def counted(device: Device, tab: str = "") -> int:
    """The count in a tab's label; of the tab in front where none is named."""
    link = f"a[href='/clever/{tab}']" if tab else "a[aria-current]"
    return int(device.page.locator(f".tabs {link} .tab-count").inner_text())


def name_in(row: Locator) -> str:
    return row.locator("th bdi").first.inner_text()
