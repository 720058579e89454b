"""Runs in the sandbox, with the deduction engine `newclid`: a figure on standard input, what follows from it on standard output.

Told: `clauses`, `seed`, `goal` (empty: everything that was found), `kinds` of facts, `most` of them. Said: `outcome` (`closed`, or
`degenerate`: no such figure could be drawn) and `facts`, each with its proof: premises, and steps from the first to the fact itself.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """One figure."""
    import numpy as np  # noqa: PLC0415  # the engine's, not ours
    from newclid import GeometricSolverBuilder  # noqa: PLC0415
    from newclid.jgex.errors import JGEXConstructionError  # noqa: PLC0415
    from newclid.jgex.problem_builder import JGEXProblemBuilder  # noqa: PLC0415
    from newclid.problem import predicate_to_construction  # noqa: PLC0415
    from newclid.proof_data import proof_data_from_state  # noqa: PLC0415
    from newclid.proof_state import ProofBuildError  # noqa: PLC0415

    told = json.loads(sys.stdin.read())
    goal = told["goal"]
    try:
        builder = JGEXProblemBuilder(rng=np.random.default_rng(told["seed"]))
        problem = builder.with_problem_from_txt(f"{told['clauses']} ? {goal}").build()
        solver = GeometricSolverBuilder(rng=told["seed"]).build(problem)
    except (
        ValueError,
        ArithmeticError,
        JGEXConstructionError,
        ProofBuildError,
    ) as error:  # no such figure, or one that contradicts the goal
        print(json.dumps({"outcome": "degenerate", "said": f"{type(error).__name__}: {error}"[:300], "facts": []}))  # noqa: T201  # our way out
        return
    proved = solver.run()
    state = solver.proof_state
    if goal:
        wanted = list(state.goals) if proved else []
    else:
        # Facts that were assumed, measured, or are true of any points are no theorems.
        given = {"assumption", "numerical_check", "reflexivity"}
        graph = state.graph.hyper_graph
        wanted = [
            fact for fact, why in graph.items() if fact.predicate_type.value in told["kinds"] and why.dependency_type.value not in given
        ]
    facts = []
    for fact in wanted:
        construction = predicate_to_construction(fact)
        proof = proof_data_from_state([construction], state)
        names = {one.id: predicate_to_construction(one.predicate).string for one in proof.construction_assumptions}
        steps = []
        for step in proof.proof_steps:
            written = predicate_to_construction(step.proven_predicate.predicate).string
            names[step.proven_predicate.id] = written
            rule = getattr(getattr(step.justification, "rule", None), "fullname", "") or step.justification.dependency_type.value
            # What is read off the figure (which points differ, on which side they lie) is no premise in words.
            steps.append({"fact": written, "rule": str(rule), "from": [names[one] for one in step.applied_on_predicates if one in names]})
        premises = [predicate_to_construction(one.predicate).string for one in proof.construction_assumptions]
        facts.append({"fact": construction.string, "premises": premises, "steps": steps})
    facts.sort(key=lambda one: (-len(one["steps"]), one["fact"]))
    print(json.dumps({"outcome": "closed", "said": "", "facts": facts[: told["most"]]}))  # noqa: T201


if __name__ == "__main__":
    main()
