"""The files that set the house up say what they should."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml


@pytest.fixture(scope="module")
def compose(project: Path) -> dict[str, dict[str, dict[str, object]]]:
    return yaml.safe_load((project / "docker-compose.yml").read_text(encoding="utf-8"))


def test_every_toml_and_yaml_file_can_be_read(project: Path) -> None:
    files = subprocess.run(["git", "ls-files"], cwd=project, capture_output=True, text=True, check=False).stdout.split()
    for name in files:
        path = project / name
        if path.suffix == ".toml" and path.exists():
            tomllib.loads(path.read_text(encoding="utf-8"))
        elif path.suffix in (".yml", ".yaml") and path.exists():
            yaml.safe_load(path.read_text(encoding="utf-8"))


def test_compose_pins_the_chroma_server_to_the_locked_client(compose: dict, project: Path) -> None:
    lock = tomllib.loads((project / "uv.lock").read_text(encoding="utf-8"))
    (client,) = [package["version"] for package in lock["package"] if package["name"] == "chromadb"]

    assert compose["services"]["chroma"]["image"] == f"chromadb/chroma:{client}"


def test_chroma_is_reachable_from_inside_alone(compose: dict) -> None:
    chroma = compose["services"]["chroma"]

    assert "ports" not in chroma
    assert chroma["networks"] == ["inside"]
    assert compose["networks"]["inside"] == {"internal": True}


def test_every_long_running_service_has_a_health_check(compose: dict) -> None:
    for name, service in compose["services"].items():
        assert "healthcheck" in service or service["restart"] == "no", name


def test_compose_holds_no_password(project: Path) -> None:
    text = (project / "docker-compose.yml").read_text(encoding="utf-8")

    assert not re.search(r"(?m)^\s*\w*(PASSWORD|SECRET|TOKEN)\w*:[ ]*(?!\$\{\w+(:-|:\?)?[^}]*\}|/run/secrets/)\S", text)


def test_the_database_is_reachable_from_inside_alone(compose: dict) -> None:
    assert "ports" not in compose["services"]["db"]
    assert compose["services"]["db"]["networks"] == ["inside"]
    assert "secrets/" in (Path(__file__).parents[3] / ".gitignore").read_text(encoding="utf-8")


def test_docker_accepts_the_compose_file(project: Path) -> None:
    """Where docker has its compose command; everywhere else the tests above have read the file."""
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0:
        subprocess.run([docker, "compose", "config", "--quiet"], cwd=project, check=True)


def test_pre_commit_runs_what_make_check_runs(project: Path) -> None:
    check = re.search(r"^check:.*\n((?:\t.*\n)+)", (project / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    hooks = (project / ".pre-commit-config.yaml").read_text(encoding="utf-8")

    assert check
    tools = re.findall(r"\$\(BIN\)/([\w-]+)", check[1])
    assert len(tools) == 5
    for tool in tools:
        assert f".venv/bin/{tool}" in hooks
