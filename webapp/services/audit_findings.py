"""What can be wrong with the audit, in words, and what is wrong with its checkpoint file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.words import N_, Phrase, phrase
from webapp.services.audit_chain import Link, is_signed
from webapp.services.audit_checkpoints import Checkpoint
from webapp.services.audit_keys import KeyOrder

#: How far around its place a moved entry is looked for.
_NEIGHBOURHOOD = 50_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written. `seq` is the entry, None where it is about no single one."""

    seq: int | None
    message: Phrase


def missing(first: int, last: int) -> Phrase:
    """Another entry came than `first`, the expected one; `last` is the last that is skipped."""
    if last < first:
        return phrase(N_("stands where another entry should: the order was changed."))
    if first == last:
        return phrase(N_("is missing."))
    return phrase(N_("is missing, and so is everything up to %(last)s."), last=last)


def unknown_key(link: Link) -> Phrase:
    """Nobody here can tell whether the entry is whole."""
    return phrase(
        N_(
            "was made with the key %(key)s, which is not known here. If the key was changed, put the former "
            "one into AUDIT_HMAC_FORMER_KEYS."
        ),
        key=link.key_id,
    )


def replaced_key(link: Link) -> Phrase:
    """A key that is known, at a time when another one had taken its place."""
    return phrase(
        N_("was made with the key %(key)s after another key had replaced it: whoever has that one wrote it."),
        key=link.key_id,
    )


def never_signed() -> Phrase:
    """Entries and no checkpoint: none was written, or file and database were both put back to the start."""
    return phrase(
        N_(
            "There is no checkpoint although entries were written for over ten minutes: no worker and "
            "scheduler ran, or file and database were put back. If none ran: flask audit checkpoint."
        )
    )


def why_unsigned(link: Link, key: bytes, head: int) -> Phrase:
    """An entry with a wrong MAC was changed, or it is a whole one that was written elsewhere in the chain."""
    places = range(max(1, link.seq - _NEIGHBOURHOOD), min(head, link.seq + _NEIGHBOURHOOD) + 1)
    for place in places:
        if is_signed({**link.said, "seq": place}, link.mac, key):
            return phrase(
                N_("was written as entry %(place)s: entries were moved, the order was changed."), place=place
            )
    return phrase(N_("was changed after it was written: its content and its MAC do not belong together."))


def other_than_seen(checkpoint: Checkpoint) -> Phrase:
    """A genuine entry stands where the checkpoint saw another genuine one."""
    return phrase(
        N_(
            "is not the one that checkpoint %(number)s saw at %(at)s: the chain was cut off at or before it "
            "and written on."
        ),
        number=checkpoint.number,
        at=checkpoint.at,
    )


def cut_off(checkpoint: Checkpoint, last: int) -> Phrase:
    """The chain ends at `last`, before what the checkpoint saw."""
    return phrase(
        N_(
            "is missing: checkpoint %(number)s saw entry %(seen)s at %(at)s, but the chain ends at %(last)s. "
            "Its end was cut off."
        ),
        number=checkpoint.number,
        seen=checkpoint.seq,
        at=checkpoint.at,
        last=last,
    )


class CheckpointFile:
    """The checkpoints of the file in order, checked against each other and the database on the way."""

    def __init__(
        self,
        lines: Iterable[tuple[int, Checkpoint | None]],
        recorded: tuple[int, str] | None,
        archived: int,
    ) -> None:
        """`recorded`: (number, signature) by the database; `archived`: the last entry that has left it."""
        self._lines, self._recorded, self._archived = lines, recorded, archived
        self._findings: list[Finding] = []
        self._order = KeyOrder()
        self._was_seen = recorded is not None and recorded[0] == 0
        self.count = 0
        self.last: Checkpoint | None = None

    def __iter__(self) -> Iterator[Checkpoint]:
        for number, checkpoint in self._lines:
            if checkpoint is None:
                self._say(N_("Line %(n)s of the checkpoint file was changed or is none of ours."), n=number)
                continue
            self._compare(checkpoint)
            if not self._order.is_in_turn(checkpoint.key_id, datetime.fromisoformat(checkpoint.at)):
                self._say(
                    N_("Checkpoint %(n)s was made with a key that another one had replaced."),
                    n=checkpoint.number,
                )
            self.count, self.last = self.count + 1, checkpoint
            yield checkpoint

    def at_the_end(self) -> list[Finding]:
        """What the file lacks as a whole, and everything said before; ask after it was read."""
        if self._recorded is None:
            self._say(N_("The database does not know any more how many checkpoints there are."))
        elif self.last is None and not self._was_seen:
            self._say(
                N_("The checkpoint file is missing or empty; %(n)s checkpoints were written."),
                n=self._recorded[0],
            )
        elif self.last is not None and not self._was_seen:
            self._say(
                N_("The checkpoint file ends at number %(last)s, but %(n)s were written: it was put back."),
                last=self.last.number,
                n=self._recorded[0],
            )
        return self._findings

    def _compare(self, checkpoint: Checkpoint) -> None:
        before = self.last
        if before is None:
            # What is archived needs no checkpoint any more.
            if checkpoint.number > 1 and (checkpoint.after is None or checkpoint.after > self._archived):
                self._say(N_("Checkpoints 1 to %(n)s are missing from the file."), n=checkpoint.number - 1)
        elif (checkpoint.number, checkpoint.previous) != (before.number + 1, before.signature):
            self._say(
                N_("Checkpoint %(n)s does not join on %(before)s, the one before it in the file."),
                n=checkpoint.number,
                before=before.number,
            )
        if (checkpoint.number, checkpoint.signature) == self._recorded:
            self._was_seen = True

    def _say(self, message: str, **params: object) -> None:
        self._findings.append(Finding(None, phrase(message, **params)))
