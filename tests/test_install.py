"""The lock is whole, is installed as it is, and nothing that is released later changes what comes out of that."""

import base64
import hashlib
import importlib.metadata
import json
import pathlib
import re
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT

LOCK = ROOT / "requirements.lock"
PYTHONS = ("3.11", "3.12", "3.13")
FLAGS = "--require-hashes --no-deps -r requirements.lock"


def locked() -> list[Requirement]:
    """The lines of the lock, without their hashes: each names one version, and perhaps where it is for."""
    lines = re.findall(r"^([a-zA-Z0-9][^\\\n]*?)(?: \\)?$", LOCK.read_text(), re.MULTILINE)
    return [Requirement(line) for line in lines]


def version_of(line: Requirement) -> str:
    (pin,) = line.specifier
    assert pin.operator == "=="
    return pin.version


def environment(python: str) -> dict[str, str]:
    return {**default_environment(), "python_version": python, "python_full_version": f"{python}.0"}


def pins(python: str) -> dict[str, str]:
    """The version of each package that the lock gives this Python on this system."""
    here = environment(python)
    chosen = [line for line in locked() if line.marker is None or line.marker.evaluate(here)]
    names = [canonicalize_name(line.name) for line in chosen]
    assert len(set(names)) == len(names), "two lines of the lock are for one Python"
    return dict(zip(names, map(version_of, chosen), strict=True))


def requirements_of(name: str, version: str) -> list[Requirement] | None:
    """What a package asks for; None if it is not installed here, because it is for another Python."""
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    return [Requirement(line) for line in found.requires or ()] if found.version == version else None


def unmet(python: str) -> Iterator[str]:
    """What the lock lacks: of feedmill's own requirements, and of those of all that it names, whatever extra asks."""
    given, here = pins(python), environment(python)
    extras: dict[str, set[str]] = defaultdict(lambda: {""})
    extras["feedmill"] |= {"dev", "gcp"}
    open_names = ["feedmill", *given]
    while open_names:  # again for each that another asks for with one more extra
        name = open_names.pop()
        version = importlib.metadata.version(name) if name == "feedmill" else given[name]
        for asked in requirements_of(name, version) or ():
            if asked.marker and not any(asked.marker.evaluate({**here, "extra": extra}) for extra in extras[name]):
                continue
            needed = canonicalize_name(asked.name)
            if needed not in given:
                yield f"{name} needs {asked}, which the lock does not name"
                continue
            if not asked.specifier.contains(given[needed], prereleases=True):
                yield f"{name} needs {asked}, and the lock has {given[needed]}"
            if more := asked.extras - extras[needed]:
                extras[needed] |= more
                open_names.append(needed)


@pytest.mark.parametrize("python", PYTHONS)
def test_every_requirement_of_what_is_locked_is_met_within_the_lock(python):
    assert list(unmet(python)) == []


def test_what_is_locked_for_this_python_is_what_is_installed_and_looked_at():
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert [name for name, version in pins(here).items() if requirements_of(name, version) is None] == []


def test_setup_py_and_the_lock_are_for_the_same_pythons():
    asked = importlib.metadata.metadata("feedmill")["Requires-Python"]
    minors = [f"3.{minor}" for minor in range(30) if Requirement(f"x{asked}").specifier.contains(f"3.{minor}.5")]
    assert minors == list(PYTHONS)


def test_each_line_of_the_lock_has_a_hash():
    for block in re.split(r"\n(?=\S)", LOCK.read_text())[2:]:
        assert "--hash=sha256:" in block, block


def test_each_place_that_installs_takes_the_lock_as_it_is():
    """Without `--no-deps` pip looks for newer releases as soon as a package asks for another with an extra."""
    places = [ROOT / "Makefile", ROOT / "pipelines" / "deploy" / "Dockerfile", *(ROOT / ".github").rglob("*.yml")]
    lines = [line for path in places for line in path.read_text().splitlines() if re.search(r"\binstall\b.* -r ", line)]
    assert len(lines) == 2
    assert all(FLAGS in line for line in lines), lines


def test_every_base_image_is_pinned():
    dockerfile = (ROOT / "pipelines" / "deploy" / "Dockerfile").read_text()
    images = re.findall(r"^(?:FROM |COPY --from=)(\S+)", dockerfile, re.MULTILINE)
    assert len(images) == 3
    for image in images:
        name, _, tag = image.partition(":")
        # a whole version, as in 2.77.0, 3.11.14-slim-bookworm and 20251103-rc00; a tag such as 3.11 moves
        assert re.match(r"\d+\.\d+\.\d+|\d{8}", tag), f"{name} is not pinned: {tag}"


def test_ci_runs_on_each_python_what_a_submission_runs():
    yaml = pytest.importorskip("yaml")
    (job,) = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"].values()
    assert job["strategy"]["matrix"]["python"] == list(PYTHONS)
    assert ".ci/run" in [step.get("run") for step in job["steps"]]


def fake_wheel(folder: pathlib.Path, name: str, version: str, requires: list[str]) -> str:
    """Writes a wheel that holds nothing but what it asks for; returns the SHA-256 of its bytes."""
    stem = f"{name.replace('-', '_')}-{version}"
    extras = sorted(set(re.findall(r"extra == [\"']([^\"']+)", "".join(requires))))
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Provides-Extra: {extra}" for extra in extras] + [f"Requires-Dist: {line}" for line in requires]
    files = {
        "METADATA": "\n".join(lines) + "\n",
        "WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\nRoot-Is-Purelib: true\n",
    }
    record = [
        f"{stem}.dist-info/{file},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},{len(text)}"
        for file, text in files.items()
    ]
    files["RECORD"] = "\n".join([*record, f"{stem}.dist-info/RECORD,,"])
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(f"{stem}.dist-info/{file}", text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_newer_release_of_any_locked_package_changes_nothing(tmp_path):
    """An index in which each package asks for what it really asks for, and has one release more than the lock knows."""
    here = pins(f"{sys.version_info[0]}.{sys.version_info[1]}")
    folder = tmp_path / "index"
    folder.mkdir()
    lines = []
    for name, version in here.items():
        requires = [str(asked) for asked in requirements_of(name, version) or ()]
        lines.append(f"{name}=={version} --hash=sha256:{fake_wheel(folder, name, version, requires)}\n")
        newer = Version(version)
        fake_wheel(folder, name, f"{newer.major}.{newer.minor}.{newer.micro + 1}", requires)
    (tmp_path / "requirements.lock").write_text("".join(lines))
    makefile = (ROOT / "Makefile").read_text()
    assert f"install --quiet {FLAGS}" in makefile
    command = f"install --quiet {FLAGS} --dry-run --ignore-installed --report told.json --no-index --find-links index"
    pip = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", *command.split()]
    done = subprocess.run(pip, cwd=tmp_path, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    told = [one["metadata"] for one in json.loads((tmp_path / "told.json").read_text())["install"]]
    assert {canonicalize_name(one["name"]): one["version"] for one in told} == here
