"""Quality floors of dedupe.

    python -m tests.eval.duplicates [-v]

1. `pairs.jsonl`, written for this project: pairs of sightings that are one item (corrected typos, re-posts, teasers,
   volatile junk) or two (weather, markets, daily columns, headlines alike, wires in several papers, translations),
   and whether the two belong to one story. Each pair is ingested in both orders, and in two runs.
2. The development data, where it is there: each pair of `revision_pairs` must be one item with two versions, and
   none once its text is unchanged but for what is volatile; `feeds_over_time` must give one item a guid.

Exits with 1 if a floor is missed.
"""

import collections
import json
import pathlib
import sys

from feedmill.transforms.rows.story import Snapshot, Story

from tests.identity.helpers import Seen, Warehouse, items, run, snapshots

HERE = pathlib.Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "data"
PRECISION, RECALL = 0.99, 0.95
JUNK = ("", "\n1,204 views", "\n1,311 views | 12 comments", "\nUpdated 3 hours ago", "\nComments (4)")


def to_story(said: dict) -> Story:
    title, text = said.get("title"), said.get("text")
    form = said.get("form") or ("full" if title and text else "headline" if title else "blurb")
    guid, at = said.get("guid"), said.get("at")
    return Story(
        0,
        1,
        form,
        title=title,
        body=text if form != "teaser" else None,
        summary=text if form == "teaser" else None,
        source_name=said.get("source"),
        url=said.get("url"),
        guid=guid,
        guid_trusted=guid is not None,
        published_at=None if at is None else at * 1_000_000,
    )


def verdicts(pair: dict) -> tuple[bool, bool]:
    """Whether the two are one item, and one story; in both orders and in two runs alike."""
    a, b = to_story(pair["a"]), to_story(pair["b"])
    told = set()
    for first, second in ((a, b), (b, a)):
        seen = snapshots([first], [second])
        done = run(seen)
        one_story = len(set(done.sightings["story_id"].to_pylist())) == 1
        told.add((len(set(items(done))) == 1, one_story))
        warehouse = Warehouse()
        warehouse.run(seen[:1])
        warehouse.run(seen[1:])
        told.add((len(warehouse.classes()) == 1, len({row["story_id"] for row in warehouse.rows.values()}) == 1))
    if len(told) != 1:
        raise ValueError(f"order or runs change the verdict {told}: {pair}")
    return told.pop()


def share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def check_pairs(verbose: bool) -> bool:
    pairs = [json.loads(line) for file in sorted(HERE.glob("pairs*.jsonl")) for line in file.open(encoding="utf-8")]
    kinds: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    ok = True
    for number, pair in enumerate(pairs):
        same, story = verdicts(pair)
        kinds[pair["kind"]].update(n=1, same=pair["same"], found=same, wrong=same != pair["same"])
        kinds["ALL"].update(
            item_both=same and pair["same"], item_found=same, item_true=pair["same"],
            story_both=story and pair["story"], story_found=story, story_true=pair["story"],
        )  # fmt: skip
        if verbose and same != pair["same"]:
            print(f"  item wrong, line {number + 1}: {pair['kind']}")
        elif verbose and story != pair["story"]:
            print(f"  story wrong, line {number + 1}: {pair['kind']}")
    total = kinds.pop("ALL")
    for kind, tally in kinds.items():
        print(f"{kind:45s} {tally['n']:4d} pairs, {tally['same']:3d} one item, {tally['wrong']:3d} wrong")
    for what, floors in (("item", (PRECISION, RECALL)), ("story", (PRECISION, None))):
        precision = share(total[f"{what}_both"], total[f"{what}_found"])
        recall = share(total[f"{what}_both"], total[f"{what}_true"])
        print(f"{len(pairs)} pairs: {what} precision {precision:.4f}, recall {recall:.4f}")
        ok &= precision >= floors[0] and (floors[1] is None or recall >= floors[1])
    return ok


def check_revisions() -> bool:
    pairs = [json.loads(line) for file in (DATA / "revision_pairs").glob("*.jsonl") for line in file.open()]
    good = quiet = 0
    for pair in pairs:
        a, b = (
            to_story({
                "title": pair[f"title_{x}"], "text": pair[f"desc_{x}"] or None, "guid": pair[f"id_{x}"],
                "url": pair[f"id_{x}"], "source": pair["feed"], "form": "teaser" if pair[f"desc_{x}"] else None,
            })
            for x in "ab"
        )  # fmt: skip
        done = run(snapshots([a], [b])).sightings
        good += len(set(done["item_id"].to_pylist())) == 1 and done["outcome"].to_pylist() == ["new", "revision"]
        again = snapshots(*([a._replace(summary=(a.summary or "") + junk)] for junk in JUNK))
        quiet += run(again).sightings["outcome"].to_pylist() == ["new"] + ["duplicate"] * (len(JUNK) - 1)
    print(f"revision_pairs: {good} of {len(pairs)} are one item with two versions")
    print(f"revision_pairs: {quiet} of {len(pairs)} have one version when only what is volatile changes")
    return good == quiet == len(pairs)


def captured(path: pathlib.Path) -> int:
    import datetime as dt

    stamp = dt.datetime.strptime(path.name.split("_")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    return int(stamp.timestamp()) * 1_000_000


def check_feeds() -> bool:
    from feedmill.transforms.formats import split_snapshot

    ok = True
    pile: list[Seen] = []
    for folder in sorted((DATA / "feeds_over_time").glob("feed_*")):
        seen: list[Seen] = []
        for path in sorted(folder.glob("*.xml")):
            stories = split_snapshot(Snapshot(str(path), path.read_bytes())).stories
            seen += [(captured(path), path.name, n, story) for n, story in enumerate(stories)]
        found, guids = len(set(items(run(seen)))), len({story.guid or story.url for *_, story in seen})
        ok &= found == guids
        print(f"{folder.name:30s} {len(seen):6d} sightings, {guids:5d} guids, {found:5d} items")
        pile += seen
    found, guids = len(set(items(run(pile)))), len({story.guid or story.url for *_, story in pile})
    print(f"{'all feeds together':30s} {len(pile):6d} sightings, {guids:5d} guids, {found:5d} items")
    return ok and found == guids


def main() -> int:
    ok = check_pairs("-v" in sys.argv)
    if DATA.is_dir():
        ok &= check_revisions()
        ok &= check_feeds()
    else:
        print("skipped revision_pairs and feeds_over_time: the development data is not there")
    print("floors held" if ok else f"a floor is missed (precision {PRECISION}, recall {RECALL}, all of the rest)")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
