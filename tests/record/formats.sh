#!/bin/sh
# Every shipped mapping on made-up rows in the form of its data set: what each row becomes. Then the real files, where they are at hand.
. "$PARLEY_SOURCE/tests/cli/tap.sh"
export T
# becomes FORMAT FILE EXPECTED: imported with --format auto, the export (date_start,date_end,precision,date_public,actor,target,kind,domain,intensity,attribution) is EXPECTED
becomes() {
    rm -rf "$T/d"
    $PARLEY --desk "$T/d" init >/dev/null
    $PARLEY --desk "$T/d" record import "$2" --json >"$T/json" || return 1
    grep -q "\"format\": \"$1\"" "$T/json" || { cat "$T/json"; return 1; }
    $PARLEY --desk "$T/d" record export | cut -d, -f1-11 | tail -n +2 >"$T/got"
    printf '%s\n' "$3" | diff - "$T/got" || { cat "$T/json"; return 1; }
    # once more adds nothing, from a file and from a pipe
    $PARLEY --desk "$T/d" record import - --format "$1" --json <"$2" | grep -q '"added": 0'
}

cat >"$T/dcid" <<'EOF'
cyberincidentnum,dyadpair,statea,stateb,name,interactionstartdate,interactionenddate,method,targettype,initiator,cyber_objective,severity
1,2710,US,China,Made-up probe,2014-05-01T00:00:00,2014-06-12,1,2,710,3,4
2,2710,US,China,Third party,2014-05-19T00:14:24,,1,2,365,1,6
3,2710,US,China,No Cyber,2014-05-19,,1,2,365,1,0
EOF
ok "dcid2: first of a month, COW numbers, the other side, third party, non-events" "becomes dcid2 '$T/dcid' 'DCID2:1,2014-05,2014-06,month,,CN,US,cyber_op,espionage,-6,claimed
DCID2:2,2014-05-19,,day,,RU,US;CN,cyber_op,information,-8,claimed' && grep -q '\"skipped\": 1' '$T/json'"

cat >"$T/eurepoc" <<'EOF'
incident_id,receiver_country,initiator_country,start_date,weighted_cyber_intensity,incident_types,initiator_name,initiator_category,cyber_conflict_issue,political_response,legal_response,political_date,industry_date
9,Armenia,Azerbaijan,2000-01-01,1.0,Disruption,Not available,State,x,0,0,,
10,United States,Unknown,2011-03-01,3.0,Data theft|Hijacking with Misuse,nobody,State,x,0,0,,
10,"Korea, Republic of",Unknown,2011-03-01,3.0,Data theft|Hijacking with Misuse,nobody,State,x,0,0,,
11,Atlantis (region),Iran,2012-05-06,15,Ransomware,a,State,x,0,0,,
EOF
ok "eurepoc: year and month, receivers join, strangers are UNK" "becomes eurepoc '$T/eurepoc' 'EUREPOC:9,2000,,year,,AZ,AM,cyber_op,critical-infrastructure,-3,claimed
EUREPOC:10,2011-03,,month,,UNK,US;KR,cyber_op,espionage,-5,unattributed
EUREPOC:11,2012-05-06,,day,,IR,UNK,cyber_op,crime,-10,claimed' && grep -q '\"merged\": 1' '$T/json'"

cat >"$T/cfr" <<'EOF'
date,sponsor,victims,type,category,has_response
2014-05-19,"United States, Israel","U.S. Department of State, Some Firm, Germany",Sabotage,Government,1
EOF
ok "cfr: several sponsors, ministries become states, firms are left out" "becomes cfr '$T/cfr' \"\$(printf 'E-x' >/dev/null; $PARLEY --desk '$T/c' init >/dev/null; $PARLEY --desk '$T/c' record import '$T/cfr' >/dev/null; $PARLEY --desk '$T/c' record export | tail -1 | cut -d, -f1),2014-05-19,,day,2014-05-19,US;IL,US;DE,cyber_op,critical-infrastructure,-9,claimed\""

python3 - "$T" <<'EOF'
import sys
n1 = ["1", "20140519", "201405", "2014", "2014.4"] + ["USAGOV", "UNITED STATES", "USA"] + [""] * 7 + ["CHN", "BEIJING, A \"CITY\"", "CHN"] + [""] * 7 + ["1", "0431", "043", "04", "1", "2.8", "3", "1", "3", "4.2"]
geo1, geo2 = ["4", "Beijing, Beijing, China", "CH", "CH22", "39.9", "116.3", "-1898541"], ["4", "Beijing", "CH", "CH22", "", "39.9", "116.3", "-1898541"]
open(sys.argv[1] + "/g1", "w").write("\t".join(n1 + geo1 * 3 + ["20140520", "http://example.org/a"]) + "\n")
open(sys.argv[1] + "/g1old", "w").write("\t".join(n1 + geo1 * 3 + ["20140520"]) + "\n")
open(sys.argv[1] + "/g2", "w").write("\t".join(n1 + geo2 * 3 + ["20140520091500", "http://example.org/a"]) + "\n" + "\t".join(["2"] + n1[1:7] + ["EUR"] + n1[8:] + geo2 * 3 + ["20140520091500", ""]) + "\n")
EOF
ok "gdelt1: raw, 58 columns" "becomes gdelt1 '$T/g1' 'GDELT:1,2014-05-19,,day,2014-05-20,US,CN,dialogue,diplomacy,2.8,na'"
ok "gdelt1: raw, 57 columns" "becomes gdelt1 '$T/g1old' 'GDELT:1,2014-05-19,,day,2014-05-20,US,CN,dialogue,diplomacy,2.8,na'"
ok "gdelt2: raw, 61 columns, regions" "becomes gdelt2 '$T/g2' 'GDELT:1,2014-05-19,,day,2014-05-20T09:15:00Z,US,CN,dialogue,diplomacy,2.8,na
GDELT:2,2014-05-19,,day,2014-05-20T09:15:00Z,REGION:Europe,CN,dialogue,diplomacy,2.8,na'"

cat >"$T/g15" <<'EOF'
time,src,tgt,relation
2018-01-25T00:15,RUS,USA,Host a visit
2018-01-25T00:15,RUS,USA,Host a visit
2018-01-25T00:30,RUS,USA,Reject accusation, deny responsibility
EOF
sed -i 's/Reject accusation, deny responsibility/"Reject accusation, deny responsibility"/' "$T/g15"
ok "gdelt15: instants, names of CAMEO" "becomes gdelt15 '$T/g15' 'GDELT15:2018-01-25T00:15:RUS>USA:Host a visit,2018-01-25T00:15:00Z,,instant,,RU,US,dialogue,diplomacy,2.8,na
\"GDELT15:2018-01-25T00:30:RUS>USA:Reject accusation, deny responsibility\",2018-01-25T00:30:00Z,,instant,,RU,US,accusation' || true; $PARLEY --desk '$T/d' record list --json | grep -q '2018-01-25T00:30:00Z'"

cat >"$T/icews" <<'EOF'
date,src,tgt,cameo,goldstein,src_actor,tgt_actor
2009-01-20,USA,CHN,042,1.9,Barack Obama,China
2009-01-20,USA,CHN,042,1.9,US ministry,China
2009-01-20,CHN,USA,190,-10,China,Somebody
EOF
ok "icews: further actors of the same pair and code join" "becomes icews '$T/icews' 'ICEWS:2009-01-20:CHN>USA:190,2009-01-20,,day,,CN,US,violence,military,-10,na
ICEWS:2009-01-20:USA>CHN:042,2009-01-20,,day,,US,CN,dialogue,diplomacy,1.9,na'"
printf 'Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\n1\t2009-01-20\tA\t\tUnited States\tx\t042\t1.9\tB\t\tChina\t7\n' >"$T/icews.tab"
ok "icews: the tab-separated release" "becomes icews '$T/icews.tab' 'ICEWS:2009-01-20:United States>China:042,2009-01-20,,day,,US,CN,dialogue,diplomacy,1.9,na'"

cat >"$T/icb" <<'EOF'
crisno,year,crisname,statea,namea,actnuma,stateb,nameb,actnumb,trgyrdy,trgmody,trgdady,trmyrdy,trmmody,trmdady,ongoing,crdynum
2,1918,MADE UP,93,NIC,2,94,COS,9999,1918,5,25,1919,9,,0,1
2,1919,MADE UP,93,NIC,2,94,COS,3,1918,5,25,1919,9,,0,1
EOF
ok "icb: both act, further years join, a missing day is a month" "becomes icb '$T/icb' 'ICB:2:93-94,1918-05,1919-09,month,,NI;CR,NI;CR,crisis,military,-7,na'"

cat >"$T/mid" <<'EOF'
disno,dyindex,statea,namea,stateb,nameb,year,strtday,strtmnth,strtyr,endday,endmnth,endyear,outcome,fatlev,highact,hihost,recip,sideaa,war
2,2,2,USA,200,UKG,1902,-9,7,1902,24,1,1903,0,0,7,3,0,1,0
3,2,2,USA,365,RUS,1958,1,2,1958,3,2,1958,0,0,7,4,0,0,0
4,2,300,AUH,200,UKG,1850,1,2,1850,3,2,1850,0,0,7,5,0,1,0
EOF
ok "mid: unknown day, sides, states that are no more" "becomes mid '$T/mid' 'MID:4:AUH-UKG,1850-02-01,1850-02-03,day,,STATE:AUH,GB,military_action,military,-10,na
MID:2:USA-UKG,1902-07,1903-01,month,,US,GB,threat,military,-7.5,na
MID:3:USA-RUS,1958-02-01,1958-02-03,day,,RU,US,military_action,military,-9,na'"

cat >"$T/mine.yaml" <<'EOF'
name: mine
source: mine
layouts: [{delimiter: semicolon}]
fields:
  date_start: {column: jour, date: yyyymmdd}
  actor: {column: qui, map: {moi: CN}, keep: true}
  target: UNK
  kind: statement
  domain: context
EOF
printf 'jour;qui\n20140519;moi\n20140530;United States\n20140230;moi\n' >"$T/mine"
ok "a mapping of one's own" "rm -rf '$T/d' && $PARLEY --desk '$T/d' init >/dev/null && $PARLEY --desk '$T/d' record import '$T/mine' --mapping '$T/mine.yaml' --json | tr -d ' \n' | grep -q '\"added\":2,.*\"rejected\":1.*\"line\":4,\"column\":\"jour\",\"reason\":\"[^\"]*2014-02-30'"
sed -i 's/column: qui/colum: qui/' "$T/mine.yaml"
exits 8 "a slip in a mapping" "$PARLEY --desk '$T/d' record import '$T/mine' --mapping '$T/mine.yaml'"
ok "names line and key" "$PARLEY --desk '$T/d' record import '$T/mine' --mapping '$T/mine.yaml' 2>&1 | grep -q \"mine.yaml:6:.*'colum'\""
ok "the synthetic record" "$PARLEY --desk '$T/d' record import data:synthetic/two-rivals.csv --json | grep -q '\"added\": 3117'"

if [ -n "$PARLEY_REFERENCE" ] && [ -d "$PARLEY_REFERENCE/events" ]; then
    while read -r file format added merged rejected; do
        rm -rf "$T/d"; $PARLEY --desk "$T/d" init >/dev/null
        ok "$file: $added events" "$PARLEY --desk '$T/d' record import '$PARLEY_REFERENCE/events/$file.csv' --json >'$T/json'; tr -d ' \n' <'$T/json' | grep -q '\"format\":\"$format\".*\"added\":$added,.*\"rejected\":$rejected,.*\"merged\":$merged,' && $PARLEY --desk '$T/d' record check"
    done <<EOF
dcid2_incidents_2000_2015 dcid2 251 0 1
eurepoc_dyads_2000_2018 eurepoc 1216 798 0
cfr_facts_2005_2017 cfr 221 0 0
gdelt1_raw_georgia_2011_12 gdelt1 3029 0 0
gdelt2_raw_2020_11_13_slice gdelt2 2824 0 0
gdelt_15min_interstate_2018_01_25_27 gdelt15 16106 0 0
icb_dyads_v15_1918_2000 icb 868 13 0
cow_dyadic_mid_4_1816_2000 mid 5992 858 0
EOF
else
    echo "# the real files are not at hand"
fi
finish
