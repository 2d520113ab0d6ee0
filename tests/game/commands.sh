#!/bin/sh
# The commands of games beyond solving: they answer, in both forms, and refuse bad input.
. "$PARLEY_SOURCE/tests/cli/tap.sh"

ok "dominance" "$PARLEY game dominance prisoners-dilemma --json | grep -q '\"kind\": \"strict\"'"
ok "correlated: the mediator of chicken" "$PARLEY game correlated chicken --json | grep -q '\"welfare\": \"21/2\"'"
ok "commitment" "$PARLEY game commit inspection | grep -q announces"
ok "logit response" "$PARLEY game qre chicken --lambda 2 --json | grep -q '\"reached\": true'"
ok "trust threshold" "$PARLEY game signal --json | grep -q '\"threshold\": 0.8'"
ok "threats" "$PARLEY game signal --threat --json | grep -q '\"belief\": 0.75'"
ok "attribution: some improvements deter less" "$PARLEY game attribution | grep -q LESS"
ok "attribution: x*" "$PARLEY game attribution --json | grep -q '\"threshold\": 0.36594'"
ok "blame" "$PARLEY game attribution --blame --json | grep -q attack_if_safe"
ok "the game of a relation" "$PARLEY game from-relation CN US | grep -q 'Reason of each payoff'"
ok "the same in Chinese" "$PARLEY game from-relation CN US --lang zh | grep -q 收益"
ok "it can be written and solved" "$PARLEY game from-relation CN US --write $T/r.nfg >/dev/null && $PARLEY game solve $T/r.nfg | grep -q 'verified in exact'"
ok "the same seed gives the same share" "$PARLEY game from-relation CN US --json >$T/a; $PARLEY game from-relation CN US --json | diff - $T/a"
exits 2 "probabilities that do not fit" "$PARLEY game attribution --own 0.9 --other 0.3"
exits 2 "payoffs that are no dilemma" "$PARLEY game signal --payoffs 1,2,3,4"
exits 2 "three numbers for four" "$PARLEY game signal --payoffs 1,2,3"
exits 2 "a relation of one" "$PARLEY game from-relation CN CN"
exits 10 "an unknown actor" "$PARLEY game from-relation CN Atlantis"
printf 'cooperation: { weight: 1, en: x }\n' >$T/bad.yaml
exits 8 "a codebook without its entries" "$PARLEY game from-relation CN US --codebook $T/bad.yaml"
exits 2 "commitment of three players" "$PARLEY game commit tariff-war-3"
finish
