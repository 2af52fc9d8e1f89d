"""The regions that ship, and what a region file may not say."""

from __future__ import annotations

from datetime import date

import pytest

from data.files import Section, parse_yaml
from data.hours import Holiday
from data.regions import HOST, Region, read_regions
from tests import shipped

SLUGS = """groningen friesland drenthe ijsselland twente noord-oost-gelderland gelderland-midden
gelderland-zuid flevoland utrecht gooi-en-vechtstreek noord-holland-noord zaanstreek-waterland
kennemerland amsterdam haaglanden hollands-midden rotterdam-rijnmond zuid-holland-zuid zeeland
west-brabant midden-brabant brabant-noordoost zuidoost-brabant limburg-noord zuid-limburg""".split()

DEFAULTS = """\
defaults:
  zone: Europe/Amsterdam
  chat_hours: [{days: [mon-fri], from: 09:00, to: 17:00}]
  caps: {region: 8, caseworker: 3}
  exit_address: https://example.org/
"""
REGION = """\
regions:
  home:
    name: Home
    office: {address: Street 1, hours: [{days: [mon], from: 09:00, to: 17:00}]}
"""


def read(text: str, defaults: str = DEFAULTS) -> tuple[dict[str, Region], list[str]]:
    section = Section(parse_yaml((defaults + text).encode(), "regions.yml"), "regions.yml", [])
    found = read_regions(section, {"kerst": Holiday(12, 25)}, ("nl", "en"))
    return found, [str(fault) for fault in section.faults]


def test_the_26_regions_are_there_and_no_others() -> None:
    assert sorted(shipped.knowledge().regions) == sorted(SLUGS)
    assert len(SLUGS) == 26


def test_every_shipped_region_can_be_reached_and_is_helped_by_another() -> None:
    known = shipped.knowledge()
    for region in known.regions.values():
        assert region.website_hosts
        assert region.chat_hours.blocks
    assert {one.home for one in known.agreements} == set(known.regions)


def test_no_two_shipped_regions_share_a_website() -> None:
    hosts = [
        host for region in shipped.knowledge().regions.values() for host in region.website_hosts
    ]

    assert len(hosts) == len(set(hosts))


def test_pilot_region_is_open_on_every_day_from_nine_to_eleven_at_night() -> None:
    found = shipped.knowledge().regions["zuidoost-brabant"].chat_hours

    for day in (date(2026, 11, 18), date(2026, 11, 22), date(2026, 12, 25)):
        assert [(block.start, block.end) for block in found.blocks_on(day)] == [(9 * 60, 23 * 60)]


def test_nobody_serves_more_than_three_chats() -> None:
    assert all(region.caseworker_cap <= 3 for region in shipped.knowledge().regions.values())


def test_region_takes_from_the_defaults_what_it_leaves_out() -> None:
    regions, faults = read(REGION + "    caps: {region: 2, caseworker: 1}\n")

    assert faults == []
    assert regions["home"].region_cap == 2
    assert regions["home"].chat_hours.blocks[0].start == 9 * 60
    assert regions["home"].exit_address == "https://example.org/"
    assert regions["home"].professionals == "refer"
    assert regions["home"].languages == ("nl", "en")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("zone: Europe/Amsterdm", "`Europe/Amsterdm` is not a time zone, such as Europe/Amsterdam"),
        ("caps: {region: 3, caseworker: 4}", "a caseworker serves at most 3 chats"),
        ("caps: {region: 3, caseworker: 0}", "`caseworker` must be 1 or more"),
        ("holidays: [kesrt]", "`kesrt` is not a holiday; did you mean `kerst`?"),
        ("languages: [nl, de]", "`de` is not known; known: `en`, `nl`"),
        ("exit_address: example.org", "`example.org` is not a web address"),
        ("exit_address: 'javascript:alert(1)'", "`javascript:alert(1)` is not a web address"),
        ("professionals: perhaps", "`perhaps` is not a professionals; known: `allow`, `refer`"),
        ("chat_hours: []", "home has no chat hours"),
        ("cap: 3", "`cap` is not known here; did you mean `caps`?"),
        ("examples: [ofice]", "`ofice` is not known; did you mean `office`?"),
    ],
)
def test_value_that_makes_no_sense_is_told_with_its_line(line: str, fault: str) -> None:
    _, faults = read(REGION + f"    {line}\n")

    assert f"regions.yml:10: {fault}" in faults


def test_misspelt_heading_is_told() -> None:
    _, faults = read(REGION + "region:\n  x: 1\n")

    assert faults == ["regions.yml:10: `region` is not known here; did you mean `regions`?"]


def test_fault_in_a_default_is_told_at_the_default() -> None:
    _, faults = read(REGION, DEFAULTS.replace("https://example.org/", "example"))

    assert faults == ["regions.yml:5: `example` is not a web address"]


def test_an_hour_that_does_not_read_is_one_fault_and_says_what_to_write() -> None:
    _, faults = read(REGION, DEFAULTS.replace("from: 09:00", "from: 9.00"))

    assert set(faults) == {"regions.yml:3: `9.00` is not a time; write 09:00"}


@pytest.mark.parametrize(
    ("second", "overlaps"),
    [
        ("{days: [wed], from: 16:59, to: 20:00}", True),
        ("{days: [tue], from: 22:00, to: 09:30}", True),
        ("{days: [wed], from: 17:00, to: 20:00}", False),
        ("{days: [sat], from: 09:00, to: 17:00}", False),
        ("{days: [sun], from: 22:00, to: 09:00}", False),
    ],
)
def test_hours_that_overlap_are_told(second: str, overlaps: bool) -> None:
    text = (
        f"    chat_hours:\n      - {{days: [mon-fri], from: 09:00, to: 17:00}}\n      - {second}\n"
    )
    _, faults = read(REGION + text)

    told = ["regions.yml:12: these hours overlap those of line 11"]
    assert faults == (told if overlaps else [])


def test_slug_is_lower_case_letters_digits_and_hyphens() -> None:
    _, faults = read(REGION.replace("home:", "Ho_me:"))

    assert faults == ["regions.yml:8: `Ho_me` must be lower-case letters, digits and hyphens"]


@pytest.mark.parametrize("host", ["www.example.org", "example.org:8443", "localhost:8080", "a-b.c"])
def test_host_is_a_name_with_perhaps_a_port(host: str) -> None:
    _, faults = read(REGION + f"    website_hosts: [{host}]\n")

    assert faults == []


@pytest.mark.parametrize(
    "host",
    [
        "*.example.org",
        "https://example.org",
        "example.org/",
        "example.org.",
        ".example.org",
        "Example.org",
        "example..org",
        "-example.org",
        "user@example.org",
        "example.org:port",
        "example.org evil.org",
    ],
)
def test_host_that_could_admit_another_is_told_at_its_own_line(host: str) -> None:
    _, faults = read(REGION + f"    website_hosts:\n      - www.example.org\n      - '{host}'\n")

    assert faults == [
        f"regions.yml:12: `{host}` is not a host name; write www.example.nl, without https:// or *"
    ]


def test_host_matches_as_a_whole_and_never_as_a_part() -> None:
    hosts = shipped.knowledge().regions["zeeland"].website_hosts

    assert all(HOST.fullmatch(host) for host in hosts)
    for host in hosts:
        assert f"{host}.evil.example" not in hosts
        assert f"evil-{host}" not in hosts
