"""`pintar course …`: check a training's folder, make its slides and recordings, publish it."""

import sys
from pathlib import Path
from typing import Any

import click

from pintar.cli.words import load, print_json, sentence

FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))


@click.group()
def course() -> None:
    """Trainings as folders (docs/authors.md)."""


@course.command()
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print the mistakes as JSON.")
def check(folder: Path, as_json: bool) -> None:
    """Name every mistake in a folder with its file and line. Exit status 1 if there is one."""
    load()
    from pintar.courses.folder import document

    prepared = document.prepare(folder)
    if as_json:
        print_json([_described(mistake) for mistake in prepared.mistakes])
    else:
        _print_mistakes(folder, prepared.mistakes)
    if not prepared.is_sound:
        raise SystemExit(1)


@course.command(name="import")
@FOLDER
@click.option("--publish", is_flag=True, help="Publish it as an edition; without it, only say what would be.")
@click.option("--json", "as_json", is_flag=True, help="Print the edition as JSON.")
def import_(folder: Path, publish: bool, as_json: bool) -> None:
    """Read a training from a folder; an unchanged folder is the same edition."""
    load()
    from django.utils.translation import gettext as _

    from pintar.courses import actions
    from pintar.courses.folder import document
    from pintar.foundation import clock

    prepared = document.prepare(folder)
    if not as_json:
        _print_mistakes(folder, prepared.mistakes)
    if not prepared.is_sound:
        if as_json:
            print_json({"mistakes": [_described(mistake) for mistake in prepared.mistakes]})
        raise SystemExit(1)
    if not publish:
        click.echo(_("Belum diterbitkan. Ulangi dengan --publish."), err=as_json)
        return
    edition = actions.publish(prepared, by=None, now=clock.now())
    if as_json:
        print_json({"slug": edition.slug, "edition": edition.number, "uid": edition.uid})
    else:
        click.echo(_("%(slug)s: edisi %(number)s.") % {"slug": edition.slug, "number": edition.number})


@course.command()
@FOLDER
@click.option("--again", is_flag=True, help="Make recordings anew even where their text has not changed.")
def build(folder: Path, again: bool) -> None:
    """Make missing slides, and the audio and video that lessons ask for (needs espeak-ng and ffmpeg)."""
    load()
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from pintar.courses.making.build import build as make
    from pintar.foundation.refusals import Refusal
    from pintar.foundation.ui.tags import clock, megabytes

    count = 0
    try:
        for made in make(folder, again=again, progress=_progress):
            _clear()
            length = f", {clock(made.seconds)}" if made.seconds else ""
            click.echo(f"{folder / made.path}  {megabytes(made.size)}{length}")
            count += 1
    except Refusal as refusal:
        _clear()
        for reason in refusal.reasons:
            where = f"{folder / reason.data['file']}:{reason.data['line']}: " if "file" in reason.data else "pintar: "
            click.echo(where + sentence(reason), err=True)
        raise SystemExit(1) from None
    if count:
        click.echo(ngettext("%(n)s berkas dibuat.", "%(n)s berkas dibuat.", count) % {"n": count})
    else:
        click.echo(_("Tidak ada yang perlu dibuat."))


def _print_mistakes(folder: Path, mistakes: list[Any]) -> None:
    """`folder/file:line: sentence`, as editors and terminals understand it; then how many."""
    from django.utils.translation import gettext as _
    from django.utils.translation import ngettext

    from pintar.courses.folder.document import is_warning

    for mistake in mistakes:
        line = f":{mistake.line}" if mistake.line else ""
        kind = _("peringatan: ") if is_warning(mistake) else ""
        click.echo(f"{folder / mistake.file}{line}: {kind}{worded(mistake)}")
    warnings = sum(map(is_warning, mistakes))
    wrong = len(mistakes) - warnings
    if wrong:
        click.echo(ngettext("%(n)s kesalahan.", "%(n)s kesalahan.", wrong) % {"n": wrong})
    elif warnings:
        click.echo(
            ngettext("Tanpa kesalahan, %(n)s peringatan.", "Tanpa kesalahan, %(n)s peringatan.", warnings)
            % {"n": warnings}
        )
    else:
        click.echo(_("Tanpa kesalahan."))


def _described(mistake: Any) -> dict[str, Any]:
    from pintar.courses.folder.document import is_warning

    return {
        "file": mistake.file,
        "line": mistake.line,
        "room": mistake.room,
        "code": mistake.code,
        "warning": is_warning(mistake),
        "detail": worded(mistake),
        "data": dict(mistake.data),
    }


def worded(mistake: Any) -> str:
    """A mistake's sentence, from the room that found it."""
    from pintar.foundation.refusals import Reason

    return sentence(Reason(mistake.room, mistake.code, {"file": mistake.file, "line": mistake.line, **mistake.data}))


def _progress(path: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{path} {done}/{of}", nl=False, err=True)


def _clear() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
