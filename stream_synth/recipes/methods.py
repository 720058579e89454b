"""The map from methods, as papers name them, to the recipe that serves them and the configuration that is set as the paper is."""

from __future__ import annotations

from typing import NamedTuple


class Method(NamedTuple):
    """One method: `configs/CONFIG.yaml` runs it with `recipe`."""

    title: str
    recipe: str
    config: str


METHODS = (
    Method("three ways to thinking, side by side", "reasoning", "think_by"),
    Method("plain distillation", "distill", "distill"),
    Method("white-box distillation: the teacher's likeliest tokens", "distill", "whitebox"),
    Method("distillation with thinking, as the course does it", "reasoning", "course"),
    Method("DeepSeek-R1: rejection sampling", "reasoning", "reasoning"),
    Method("DeepSeek-R1: readable cold start", "reasoning", "r1_cold_start"),
    Method("Chinese-DeepSeek-R1-Distill-110k", "reasoning", "r1_distill_110k"),
    Method("Open-R1", "reasoning", "open_r1"),
    Method("HuatuoGPT-o1", "medical_cot", "medical_cot"),
    Method("thinking for a conversation about a text (CoQA)", "retrofit_cot", "retrofit_coqa"),
    Method("thinking over several passages (HotpotQA)", "retrofit_cot", "retrofit_hotpotqa"),
    Method("chain-of-thought distillation (Magister, Ho, Shridhar, Fu)", "cot_distill", "cot_distill"),
    Method("Self-Instruct", "self_instruct", "self_instruct"),
    Method("Alpaca", "alpaca", "alpaca"),
    Method("Evol-Instruct (WizardLM)", "evol_instruct", "evol_instruct"),
    Method("WizardCoder", "evol_instruct", "wizardcoder"),
    Method("WizardMath", "evol_instruct", "wizardmath"),
    Method("Orca", "orca", "orca"),
    Method("Orca-Math", "orca_math", "orca_math"),
    Method("Orca-Math: pairs of a student's answers", "orca_math", "orca_math_pairs"),
    Method("Magpie", "magpie", "magpie"),
    Method("instruction backtranslation (Humpback)", "backtranslation", "backtranslation"),
    Method("ZeroGen", "zerogen", "zerogen"),
    Method("Domain QA: law, finance, medicine", "domain_qa", "domain_qa"),
    Method("Domain QA: answers that quote documents", "domain_qa", "domain_qa_documents"),
    Method("annotation by votes", "annotate", "annotate"),
    Method("phi-1: textbooks", "textbook", "textbook"),
    Method("Cosmopedia", "textbook", "cosmopedia"),
    Method("phi-1: code exercises", "code_exercises", "code_exercises"),
    Method("phi-1.5: topics", "topics", "topics"),
    Method("MAmmoTH2, WebInstruct", "web_instruct", "web_instruct"),
    Method("quality classifier: labels (Llama 3, FineWeb-Edu)", "quality_label", "quality_label"),
    Method("Code Needs Comments", "code_comments", "code_comments"),
    Method("WaveCoder", "wavecoder", "wavecoder"),
    Method("questions over long contexts", "long_context_qa", "long_context_qa"),
    Method("MetaMath", "metamath", "metamath"),
    Method("MAmmoTH: programs of thought", "program_of_thought", "program_of_thought"),
    Method("MathCoder", "interleaved_code", "mathcoder"),
    Method("MathCoder: new problems", "interleaved_code", "mathcoder_interpolation"),
    Method("OpenMathInstruct", "interleaved_code", "openmath"),
    Method("Xwin-Math", "xwin_math", "xwin_math"),
    Method("STaR", "star", "star"),
    Method("self-consistency (LMSI)", "self_consistency", "self_consistency"),
    Method("agreement in meaning of open answers", "self_consistency", "open_agreement"),
    Method("ReST-EM", "rest_em", "rest_em"),
    Method("AlphaMath", "alphamath", "alphamath"),
    Method("AlphaMath: step-level beam search", "alphamath", "alphamath_beam"),
    Method("Math-Shepherd", "math_shepherd", "math_shepherd"),
    Method("code verified by unit tests (AlphaCode)", "unit_tests", "unit_tests"),
    Method("LLMs as tool makers", "tool_maker", "tool_maker"),
    Method("InterCode", "code_repair", "code_repair_interact"),
    Method("Reflexion", "code_repair", "code_repair_reflect"),
    Method("NExT", "code_repair", "code_repair_trace"),
    Method("PIE", "code_repair", "code_repair_faster"),
    Method("arithmetic (MATH-401, MathGLM, scratchpads)", "arithmetic", "arithmetic"),
    Method("DeepSeek-Prover: Lean 4", "lean_proof", "lean_proof"),
    Method("DeepSeek-Prover with Metamath as the checker", "lean_proof", "metamath_proof"),
    Method("AlphaGeometry: theorems of random figures", "geometry", "geometry"),
    Method("AlphaGeometry: given problems, points added by a model", "geometry", "geometry_prove"),
    Method("function calls", "tool_calls", "tool_calls"),
    Method("Constitutional AI", "constitutional", "constitutional"),
    Method("MetaMath's FOBAR, written in YAML", "steps", "steps_fobar"),
    Method("Self-Instruct, written in YAML", "steps", "steps_self_instruct"),
    Method("Magpie, written in YAML", "steps", "steps_magpie"),
    Method("WaveCoder's good and bad cases, written in YAML", "steps", "steps_cases"),
    Method("preference pairs by a judge", "preference", "preference"),
)
