"""What redone sightings are now, and who has the rows of those that are no more: see `reprocess`."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from feedmill.transforms.identity.match_rules import columns_of
from feedmill.transforms.identity.reprocess import HAD, History, Remainder
from feedmill.transforms.identity.resolve import Resolution, item_ids, merged_into
from feedmill.transforms.identity.sighting import Sighting, read_sightings, values_of

SAME_TEXT = ("guid", "url", "content")

Version = tuple[str, bytes]  # an item, and the content hash of one of its texts


class Decisions:
    """Decide what sightings are: `old` ones are redone, `now` is what came of them, `stay` are all others.

    The rules run in one order, each on what those before it left, and all as the object is made.

    Attributes:
        stories: the cluster of each redone sighting.
        handed: who of the remaining sightings got a row -> who had it.
        changed: the remaining sightings that are something else now, by id.
        before: all remaining sightings as they were.
    """

    def __init__(
        self, past: History, left: Remainder, nodes: pa.Table, sightings: pa.Table, resolution: Resolution
    ) -> None:
        redone = past.sightings["redone"]
        self.past, self.left, self.resolution = past, left, resolution
        self.old = read_sightings(past.sightings.filter(redone))
        self.stay = read_sightings(past.sightings.filter(pc.invert(redone)))
        told = resolution.sightings.append_column("node_id", nodes["node_id"].take(sightings["node"]))
        for name in ("sighting_id", "captured_at", "snapshot_id", "snapshot_uri", "position"):
            told = told.append_column(name, sightings[name])
        self.ids: list[str] = told["sighting_id"].to_pylist()
        self.now = read_sightings(told)
        self.told = {name: dataclasses.replace(seen) for name, seen in self.now.items()}
        names = item_ids(columns_of(nodes), np.arange(len(nodes)))
        self.would_name = {name: names[node] for name, node in zip(self.ids, values_of(sightings["node"]), strict=True)}
        known = pa.concat_tables([left.known, left.tombstones])
        self.ends = merged_into(past.merges)
        self.items_left = {self.end(item) for item in known["item_id"].to_pylist()}
        self.apart = self._fallen_apart()
        holding = past.merges.filter(pc.invert(pc.is_in(past.merges["item_id"], value_set=self.apart)))
        self.ends = merged_into(pa.concat_tables([holding, resolution.merges]))
        self.story_ends = merged_into(pa.concat_tables([past.story_merges, resolution.story_merges]))
        self.stories_left = {self.story_ends.get(story, story) for story in known["story_id"].to_pylist()}
        self.moved: dict[
            str, str
        ] = {}  # who had a row, and has it no more -> who has it, or the one that stands for it
        self.before = {name: dataclasses.replace(seen) for name, seen in self.stay.items()}
        self._keep_names()
        self.stories = self._stories()
        self._be_what_they_were()
        self._share_rows()
        self.handed = self._hand_over()
        self._find_winners()
        self._choose_survivors()
        self._keep_merges_whole()
        self.changed = [(name, seen) for name, seen in self.stay.items() if seen != self.before[name]]

    def end(self, item: str) -> str:
        return self.ends.get(item, item)

    def _version(self, seen: Sighting) -> Version:
        return self.end(seen.item_id), seen.content_hash

    def _same(self, seen: Sighting) -> Sighting | None:
        """Return what a redone sighting was, if it shows the same text in the same item."""
        old = self.old.get(seen.sighting_id)
        return old if old and self._version(old) == self._version(seen) else None

    # What the redone sightings are.

    def _keep_names(self) -> None:
        """Let an item of which nothing remained keep its id, if a sighting of it shows the same text again.

        The first of those that would give it that id; if nothing would, the first of all.
        """
        given = set(self.would_name.values())
        names: dict[str, str] = {}
        taken: set[str] = set()
        for name, seen in self.now.items():
            old = self.old.get(name)
            if old is None or old.content_hash != seen.content_hash:
                continue
            if seen.item_id in self.items_left or self.end(old.item_id) in self.items_left:
                continue
            mine = old.item_id == self.would_name[name] or old.item_id not in given
            if mine and seen.item_id not in names and old.item_id not in taken:
                names[seen.item_id] = old.item_id
                taken.add(old.item_id)
        for seen in self.now.values():
            seen.item_id = names.get(seen.item_id, seen.item_id)

    def _fallen_apart(self) -> pa.Array:
        """Return items of which nothing remained, and that were merged with others with which they are not one any
        more."""
        merged = {*self.ends, *self.ends.values()}
        now: dict[str, set[str]] = {}  # merged items -> the items that they are now
        for name, seen in self.now.items():
            old = self.old.get(name)
            was = [old.item_id] if old and old.content_hash == seen.content_hash else []
            for item in (*was, seen.item_id, self.would_name[name]):
                if item in merged:
                    now.setdefault(self.end(item), set()).add(seen.item_id)
        several = {end for end, items in now.items() if len(items) > 1} - self.items_left
        return pa.array([item for item, end in self.ends.items() if end in several], pa.string())

    def _stories(self) -> dict[str, str]:
        """Return the cluster of each redone sighting: the one that it was of, if it still is of that.

        A cluster of which nothing remained keeps its id, if a sighting of it is what it was: the first of them.
        """
        before = dict(zip(values_of(self.past.known["node_id"]), values_of(self.past.known["story_id"]), strict=True))
        told = dict(zip(self.ids, values_of(self.resolution.sightings["story_id"]), strict=True))
        was = {name: before[old.node_id] for name, seen in self.now.items() if (old := self._same(seen))}
        names: dict[str, str] = {}
        taken = self.stories_left | {self._story_end(story) for story in told.values()}
        for name, story in was.items():
            end = self._story_end(story)
            if self._story_end(told[name]) not in self.stories_left and told[name] not in names and end not in taken:
                names[told[name]] = story
                taken.add(end)
        now = {name: names.get(story, story) for name, story in told.items()}
        for name, seen in self.now.items():  # by the id that is written with its print, if there are several
            for story in (before.get(seen.node_id), was.get(name)):
                if story and self._story_end(story) == self._story_end(now[name]):
                    now[name] = story
                    break
        return now

    def _story_end(self, story: str) -> str:
        return self.story_ends.get(story, story)

    def _be_what_they_were(self) -> None:
        same = {name: old for name, seen in self.now.items() if (old := self._same(seen))}
        self.back = {name for name, old in same.items() if old.holds}
        self.kept = set(self.back)
        for name, old in same.items():
            if old.holds or old.winner_sighting_id in self.back or old.winner_sighting_id in self.stay:
                self.kept.add(name)
                self.now[name].say(old)

    def _share_rows(self) -> None:
        """Of each version one redone sighting at most has the row; none if it is the teaser or copy that it was."""
        self.rows: dict[Version, str] = {}
        leaning: dict[Version, Sighting] = {}
        for name, seen in self.now.items():
            if name in self.back:
                self.rows.setdefault(self._version(seen), name)
            elif name in self.kept and seen.rule not in SAME_TEXT:
                leaning.setdefault(self._version(seen), seen)
        for name, seen in self.now.items():
            if name in self.kept or not seen.holds:
                continue
            version = self._version(seen)
            if version in self.rows:
                rule = self.told[self.rows[version]].rule  # by which they are the same, told from the other side
                seen.lose(self.rows[version], rule if rule in SAME_TEXT else "content", None)
            elif version in leaning:
                other = leaning[version]
                seen.lose(other.winner_sighting_id, other.rule, other.score)
            else:
                self.rows[version] = name

    def _had(self, name: str) -> str | None:
        """Whose former row a redone sighting was told to equal."""
        winner = self.told[name].winner_sighting_id or ""
        return winner.removeprefix(HAD) if winner.startswith(HAD) else None

    def _hand_over(self) -> dict[str, str]:
        """Find for each row whose sighting does not have it again who has it now.

        Returns who of the remaining sightings got one -> who had it.
        """
        standing = {self._version(seen): name for name, seen in self.stay.items() if seen.holds}
        losers: dict[str | None, list[Sighting]] = {}
        for seen in self.stay.values():
            losers.setdefault(seen.winner_sighting_id, []).append(seen)
        takers: dict[str | None, list[Sighting]] = {}
        for name, seen in self.now.items():
            if name not in self.kept:
                takers.setdefault(self._had(name), []).append(seen)
        handed: dict[str, str] = {}
        for name, old in self.old.items():
            if not old.holds or name in self.back:
                continue
            version = self._version(old)
            holder = self.rows.get(version) or standing.get(version)
            if holder is None:
                taker = next((seen for seen in takers.get(name, ()) if self._version(seen) == version), None)
                if taker:
                    taker.take_row()
                    holder = self.rows[version] = taker.sighting_id
            if holder is None and (leaning := losers.get(name)):
                heir = min(leaning, key=lambda seen: (seen.content_hash != old.content_hash, seen.order))
                holder = standing.get((version[0], heir.content_hash))
                if holder is None:
                    heir.item_id = old.item_id
                    heir.take_row()
                    holder = standing[self._version(heir)] = heir.sighting_id
                    handed[holder] = name
            if holder is not None:
                self.moved[name] = holder
                for seen in losers.get(name, ()):
                    if not seen.holds:
                        seen.winner_sighting_id = holder
        return handed

    def standing(self, name: str) -> str:
        """Whose row stands for the one that a redone sighting had."""
        return name if name in self.back else self.moved[name]

    def _find_winners(self) -> None:
        for name, seen in self.now.items():
            if name in self.kept or seen.holds:
                continue
            if had := self._had(name):
                seen.winner_sighting_id = self.standing(had)
            winner = self.now.get(seen.winner_sighting_id or "")
            if winner and not winner.holds:
                alike = winner if seen.content_hash == winner.content_hash else seen
                seen.lose(winner.winner_sighting_id, alike.rule, alike.score)

    # One survivor an item, and merges that lead somewhere.

    def _choose_survivors(self) -> None:
        """Of the rows of each item that was touched, one is `new`."""
        was_new = {old.item_id: name for name, old in self.old.items() if old.outcome == "new"}
        rows: dict[str, list[Sighting]] = {seen.item_id: [] for seen in (*self.old.values(), *self.now.values())}
        for seen in (*self.stay.values(), *self.now.values()):
            if seen.holds and seen.item_id in rows:
                rows[seen.item_id].append(seen)
        for item, holders in rows.items():
            before = was_new.get(item, "")
            wanted = [before, self.moved.get(before, "")]

            def rank(seen: Sighting, wanted: Sequence[str] = wanted) -> tuple:
                stays = seen.sighting_id in self.stay
                place = wanted.index(seen.sighting_id) if seen.sighting_id in wanted else len(wanted)
                return not (stays and seen.outcome == "new"), place, not stays, seen.order

            for number, seen in enumerate(sorted(holders, key=rank)):
                if number == 0:
                    seen.outcome, seen.rule, seen.score = "new", None, None
                elif seen.outcome == "new":
                    seen.outcome, seen.rule = "revision", "content"

    def _keep_merges_whole(self) -> None:
        """Let an item that others were merged into keep a row, and one that has none keep no sighting."""
        if not self.ends:
            return
        everyone = {**self.stay, **self.now}
        members: dict[str, list[Sighting]] = {}
        for seen in everyone.values():
            members.setdefault(self.end(seen.item_id), []).append(seen)
        for end, group in members.items():
            holders = [seen for seen in group if seen.holds]
            items = {seen.item_id for seen in holders}
            for seen in group:
                if seen.item_id not in items:
                    seen.item_id = everyone[seen.winner_sighting_id or ""].item_id
            if end not in items:
                heir = holders[0].item_id
                for seen in group:
                    if seen.item_id == heir:
                        seen.item_id = end

    def holder_of(self, seen: Sighting) -> Sighting:
        """Who has the row that a sighting equals."""
        return seen if seen.holds else self.anyone(seen.winner_sighting_id)

    def anyone(self, name: str | None) -> Sighting:
        return self.now.get(name or "") or self.stay[name or ""]
