$( Propositional logic from three axioms and modus ponens, with a falsehood. Small enough to be read whole; CC0. $)

$c ( ) -> -. F. wff |- $.
$v ph ps ch $.
wph $f wff ph $.
wps $f wff ps $.
wch $f wff ch $.

$( What a formula is: an implication, a negation, falsehood. $)
wi $a wff ( ph -> ps ) $.
wn $a wff -. ph $.
wfal $a wff F. $.

$( What holds. $)
ax-1 $a |- ( ph -> ( ps -> ph ) ) $.
ax-2 $a |- ( ( ph -> ( ps -> ch ) ) -> ( ( ph -> ps ) -> ( ph -> ch ) ) ) $.
ax-3 $a |- ( ( -. ph -> -. ps ) -> ( ps -> ph ) ) $.
ax-fal $a |- -. F. $.

$( Modus ponens. Its proof step takes wff ph, wff ps, then proofs of ph and of ( ph -> ps ). $)
${
  min $e |- ph $.
  maj $e |- ( ph -> ps ) $.
  ax-mp $a |- ps $.
$}
