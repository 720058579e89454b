from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from stream_synth.config import load
from stream_synth.engine.settings import Config
from stream_synth.errors import ConfigError
from stream_synth.protocols import Ask, Tools
from stream_synth.sources import Memory
from stream_synth.values import Rejected, Sample, Seed

BASE = """\
run: {name: test, seed: 3}
source: {kind: jsonl, path: questions.jsonl}
recipe: {name: distill, temperature: 0.5, max_tokens: 100}
endpoints:
  teacher: {base_url: "http://127.0.0.1:1/v1", model: m}
"""
NO_ENVIRONMENT: Mapping[str, str] = {}


@dataclass(frozen=True)
class Echo:
    """A recipe of somebody's own."""

    shout: bool = False
    name = "echo"

    async def expand(self, seed: Seed, ask: Ask, tools: Tools) -> AsyncIterator[Sample | Rejected]:
        """The question back."""
        yield Sample(str(seed.fields["question"]), "!" if self.shout else ".")


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., Config]:
    (tmp_path / "questions.jsonl").write_text('{"question": "q", "answer": "a"}\n', encoding="utf-8")
    (tmp_path / "rows.jsonl").write_text('{"text": "t"}\n', encoding="utf-8")

    def read(*overrides: str, text: str = BASE, environ: Mapping[str, str] = NO_ENVIRONMENT, **options: Any) -> Config:
        (tmp_path / "c.yaml").write_text(text, encoding="utf-8")
        return load(tmp_path / "c.yaml", overrides, environ=environ, **options)

    return read


def test_everything_is_an_object(loaded: Callable[..., Config]) -> None:
    """Options arrive where they are used, defaults filled in; files stand beside the configuration."""
    config = loaded()

    (spec,) = config.recipes
    assert (config.run.name, config.run.seed, config.run.max_bugs) == ("test", 3, 20)
    assert (spec.label, spec.weight, spec.passes) == ("distill", 1.0, 1)
    assert (spec.recipe.temperature, spec.recipe.samples) == (0.5, 1)  # type: ignore[attr-defined]
    assert [seed.fields for seed in spec.source.seeds() if isinstance(seed, Seed)] == [{"question": "q", "answer": "a"}]
    assert config.endpoints["teacher"][0].model == "m"
    assert [gate.name for gate in config.gates][:2] == ["rules", "exact_duplicate"]


def test_the_resolved_form_loads_to_the_same(loaded: Callable[..., Config]) -> None:
    """What is kept in the run directory is complete: it loads, from anywhere, to the same configuration and the same hash."""
    config = loaded()

    again = load(yaml.safe_load(yaml.safe_dump(dict(config.resolved), allow_unicode=True, sort_keys=False)))

    assert again.resolved == config.resolved
    assert again.config_hash == config.config_hash
    assert again.recipes == config.recipes


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("run.sed=1", r"c\.yaml: run\.sed is unknown; did you mean seed\?"),
        ("rum.seed=1", r"c\.yaml: rum is unknown; did you mean run\?"),
        ("run.seed=x", r"run\.seed must be a whole number, not \"x\""),
        ("run.seed=true", r"run\.seed must be a whole number, not true"),
        ("run.target_accepted=0", r"run\.target_accepted is 0; give a number above 0"),
        ("run.name=a/b", r"run\.name is 'a/b'; it names a folder"),
        ("recipe.temprature=1", r"recipe\.temprature is unknown; did you mean temperature\?"),
        ("recipe.samples=0", r"recipe cannot be used: samples is 0"),
        ("recipe.name=distil", r"recipe\.name cannot be used: .*did you mean 'distill'"),
        ("recipe=null", r"recipe is missing"),
        ("recipe.weight=0", r"recipe\.weight must be a number above 0, not 0"),
        ("source.kind=josnl", r"source\.kind \"josnl\" is unknown; did you mean jsonl\?"),
        ("source.pth=x", r"source\.pth is unknown; did you mean path\?"),
        ("source.path=question.jsonl", r"question\.jsonl does not exist; did you mean questions\.jsonl\?"),
        ("source.passes=0", r"source cannot be used: source\.passes is 0"),
        ("source=null", r"source is missing; write source: \{kind: jsonl"),
        ("source.path=rows.jsonl", r"source\.fields gives text, but recipe distill needs question or messages; write fields:"),
        ('source.fields={question: "{qestion}"}', r"no column 'qestion'; the row has question, answer"),
        ("source={kind: program}", r"source of recipe distill never ends, so the run needs one of run\.max_cost_usd"),
        ("endpoints.teacher.modle=x", r"endpoints\.teacher\.modle is unknown; did you mean model\?"),
        ("endpoints.teacher={base_url: 'http://a/v1'}", r"endpoints\.teacher\.model is missing: the model's name"),
        ("endpoints.teacher.concurrency=many", r"endpoints\.teacher\.concurrency must be a whole number or auto, not \"many\""),
        ("endpoints.teacher.price={input: 1}", r"endpoints\.teacher\.price\.output is missing"),
        ("endpoints.teacher.params=[1]", r"endpoints\.teacher\.params must be a mapping of keys and values, not \[1\]"),
        ("endpoints.teacher.base_url='http://me:secret@host/v1'", r"base_url carries a name or password"),
        ("endpoints.teacher=[]", r"endpoints\.teacher is an empty list"),
        ("endpoints={taecher: {base_url: 'http://a/v1', model: m}}", r"endpoints\.teacher is missing.*did you mean taecher\?"),
        ("run.max_cost_usd=1", r"endpoints\.teacher has no price, which run\.max_cost_usd needs"),
        ("gates=[near_duplicat]", r"gates\.0 cannot be used: no gate is called 'near_duplicat'"),
        ("gates=[near_duplicate: {treshold: 1}]", r"gates\.0\.near_duplicate\.treshold is unknown; did you mean threshold\?"),
        ("gates=[near_duplicate: {threshold: 2}]", r"gates\.0\.near_duplicate cannot be used: .*Jaccard"),
        ("gates=[rules, rules]", r"gates lists rules twice"),
        ("gates={rules: {}}", r"gates must be a list"),
        ("recipe.gates={judge: {}}", r"recipe\.gates\.judge is not in the chain"),
    ],
)
def test_a_mistake_is_one_line_with_its_remedy(loaded: Callable[..., Config], override: str, message: str) -> None:
    """File, dotted path, what is wrong and what was meant; never a dump."""
    with pytest.raises(ConfigError, match=message) as caught:
        loaded(override)

    assert "\n" not in str(caught.value)


def test_a_price_needs_a_bound(loaded: Callable[..., Config]) -> None:
    """A budget cannot be kept where a reply may have any length; a bound in the endpoint's params does as well."""
    text = BASE.replace(", max_tokens: 100", "")
    money = ("run.max_cost_usd=1", "endpoints.teacher.price={input: 1, output: 2}")

    with pytest.raises(ConfigError, match=r"recipe\.max_tokens is not set"):
        loaded(*money, text=text)
    bounded = loaded(*money, "endpoints.teacher.params.max_tokens=64", text=text)

    assert bounded.run.max_cost_usd == 1.0


def test_a_role_behind_an_option_is_needed_only_when_it_is_on(loaded: Callable[..., Config]) -> None:
    """`judge: true` asks for a judge; without it nobody has to give one."""
    assert loaded("recipe={name: reasoning}").recipes[0].label == "reasoning"

    with pytest.raises(ConfigError, match=r"endpoints\.judge is missing"):
        loaded("recipe={name: reasoning, judge: true}")


def test_environment_variables_are_filled_in_as_scalars(loaded: Callable[..., Config]) -> None:
    """A number from the environment is a number, a name that looks like one stays a name, a default stands in."""
    text = BASE.replace("model: m", 'model: "${MODEL}", requests_per_minute: "${RPM:-60}", tokens_per_minute: "${TPM:-}"')

    config = loaded(text=text, environ={"MODEL": "4711", "RPM": "30"})

    (endpoint,) = config.endpoints["teacher"]
    assert (endpoint.model, endpoint.requests_per_minute, endpoint.tokens_per_minute) == ("4711", 30.0, None)


def test_a_variable_that_is_not_set_is_named_with_its_place(loaded: Callable[..., Config]) -> None:
    """Variable, dotted path, and the way to give a default."""
    with pytest.raises(ConfigError, match=r"c\.yaml: endpoints\.teacher\.model needs environment variable MODEL: set it, or write"):
        loaded(text=BASE.replace("model: m", 'model: "${MODEL}"'))


def test_an_address_from_outside_switches_a_local_server_off(loaded: Callable[..., Config]) -> None:
    """One file serves the model here and any service elsewhere: `serve` counts only where no address is given from outside."""
    served = 'base_url: "${SS_BASE_URL:-}", serve: {command: [server, "{port}"]}'
    text = BASE.replace('base_url: "http://127.0.0.1:1/v1"', served)

    here, there = loaded(text=text), loaded(text=text, environ={"SS_BASE_URL": "http://127.0.0.1:9/v1"})
    by_option = loaded("endpoints.teacher.base_url=http://127.0.0.1:9/v1", text=text)

    assert here.endpoints["teacher"][0].serve is not None
    assert there.endpoints["teacher"][0].serve is None
    assert by_option.endpoints == there.endpoints


def test_secrets_stay_out_of_the_resolved_form(loaded: Callable[..., Config]) -> None:
    """A secret variable is written as the variable; what stands under a secret's name is hidden; both are known for redaction."""
    text = BASE.replace("model: m", 'model: m, api_key_env: MY_KEY, extra_body: {token: "${HF_TOKEN}", access_key: literal-key, top_k: 5}')
    secret = "hf-very-secret"  # noqa: S105  # it is the point

    config = loaded(text=text, environ={"HF_TOKEN": secret, "MY_KEY": "sk-not-read-here"})

    written = yaml.safe_dump(dict(config.resolved))
    assert "very-secret" not in written
    assert "literal-key" not in written
    assert config.resolved["endpoints"]["teacher"]["extra_body"] == {"token": "${HF_TOKEN}", "access_key": "[hidden]", "top_k": 5}
    assert config.endpoints["teacher"][0].extra_body["token"] == secret
    assert secret in config.secrets()


def test_several_recipes_share_and_override(loaded: Callable[..., Config]) -> None:
    """Each entry has its label, weight, source and gates; what it leaves out is the run's."""
    text = BASE.replace(
        "recipe: {name: distill, temperature: 0.5, max_tokens: 100}",
        "recipe:\n"
        "  - {name: distill, weight: 3, gates: {near_duplicate: {threshold: 0.9}, rules: null}}\n"
        "  - {name: distill, label: hot, temperature: 1, source: {kind: jsonl, path: rows.jsonl, fields: {question: '{text}'}}}\n",
    )

    plain, hot = loaded("recipe.0.samples=2", text=text).recipes

    assert (plain.label, plain.weight, plain.recipe.samples) == ("distill", 3.0, 2)  # type: ignore[attr-defined]
    assert plain.gate_overrides["rules"] is None
    assert plain.gate_overrides["near_duplicate"] is not None
    assert plain.gate_overrides["near_duplicate"].options.threshold == 0.9
    assert (hot.label, hot.recipe.temperature) == ("hot", 1.0)  # type: ignore[attr-defined]
    assert [seed.fields for seed in hot.source.seeds() if isinstance(seed, Seed)] == [{"question": "t"}]


def test_two_recipes_of_one_name_need_labels(loaded: Callable[..., Config]) -> None:
    """Their rows could not be told apart."""
    with pytest.raises(ConfigError, match=r"recipe has two entries called 'distill'; give each its own label"):
        loaded("recipe=[{name: distill}, {name: distill}]")


def test_an_empty_chain_is_none_and_a_missing_one_the_default(loaded: Callable[..., Config]) -> None:
    """`gates: []` switches all off."""
    assert loaded("gates=[]").gates == ()
    assert loaded("gates=null").gates == loaded().gates != ()


def test_rows_and_recipes_may_come_from_python(loaded: Callable[..., Config]) -> None:
    """Live objects take the place of the file's; a configuration may be a mapping."""
    config = load({"run": {"name": "live"}, "gates": []}, source=[{"question": "a"}], recipe=Echo(shout=True))

    (spec,) = config.recipes
    assert spec.recipe == Echo(shout=True)
    assert spec.label == "echo"
    assert isinstance(spec.source, Memory)
    assert config.resolved["recipe"]["name"].endswith(":Echo")
    assert config.resolved["source"] == {"kind": "memory", "fields": {}, "id": "", "licence": "", "passes": 1, "on_bad_row": "skip"}
    assert loaded(recipe=Echo).recipes[0].recipe == Echo()


def test_rows_from_python_must_be_given_again() -> None:
    """The written form says what is missing."""
    config = load({"gates": []}, source=[{"question": "a"}], recipe=Echo)

    with pytest.raises(ConfigError, match="hand it over again"):
        load(config.resolved, recipe=Echo)


def test_a_missing_file_lists_its_neighbours(tmp_path: Path) -> None:
    """A wrong name is answered with the configurations that are there."""
    (tmp_path / "mine.yaml").write_text("{}", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"there is no configuration .*my\.yaml; .* holds mine\.yaml"):
        load(tmp_path / "my.yaml")


def test_a_relative_path_falls_back_to_the_working_directory(loaded: Callable[..., Config]) -> None:
    """Beside the configuration first, then where the command was typed."""
    here = Path(__file__).relative_to(Path.cwd())

    config = loaded(f"source={{kind: csv, path: '{here}'}}", "recipe=arithmetic")

    assert config.resolved["source"]["path"] == str(Path(__file__))
