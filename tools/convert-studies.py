#!/usr/bin/env python3
"""Make data/record from the codings of the five studies: convert-studies.py CODINGS ISO3166.csv COW.csv CAMEO.csv OUT

Run once by a developer; the output is committed and is what the product uses. What is decided here (which domain and
intensity a coding becomes, which remark is a competing report) is written out in data/record/README.md."""
import csv
import os
import re
import sys

codings, iso_path, cow_path, cameo_path, out = sys.argv[1:6]


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def by_hand(name, column, *keys):
    """Chinese texts are written by hand, into the file itself; they stay with the English ones that they translate."""
    with open(os.path.join(out, name), encoding="utf-8", newline="") as f:
        return {tuple(row[k] for k in keys): row.get(column, "") for row in csv.DictReader(f)}


def save(name, columns, data):
    with open(os.path.join(out, name), "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(columns)
        w.writerows(data)
    print(f"{name}: {len(data)}")


# ---- sources -------------------------------------------------------------------------------------------------
STUDY = {"000": "wang2016", "001": "xu2021", "002": "lu2019", "003": "lang2023", "004": "huang2024"}
SOURCES = [
    ("wang2016", "study", "Wang Xiang", "2016", "Game mechanism in China-US network security and outlook",
     "中美网络安全领域博弈机理分析及未来展望", "1989", "2016", "Events chosen by the author to argue a point; counts are not incident rates."),
    ("xu2021", "study", "Xu Manshu, Lu Chuanying", "2021", "China-US crisis management in cyberspace",
     "中美网络空间危机管理", "1995", "2021", "Events chosen by the authors; counts are not incident rates."),
    ("lu2019", "study", "Lu Chuanying", "2019", "The cybersecurity dilemma in China-US relations and its impact",
     "中美关系中的网络安全困境及其影响", "2013", "2019", "Events chosen by the author; many without a date."),
    ("lang2023", "study", "Lang Ping", "2023", "Security dilemma of the digital age and the community of shared future in cyberspace",
     "数字时代国家安全困境与网络空间命运共同体构建", "2001", "2023", "Few events, most of 2023."),
    ("huang2024", "study", "Huang Bei", "2024", "Why are binding inter-state cybersecurity agreements formed?",
     "国家间网络安全约束性协议何以达成", "1985", "2024", "Cases and their figures; table 3 gives years only."),
    ("coder", "coder", "Parley", "2026", "Dates known to the coder and not stated by a study", "编码者所知", "", "",
     "Marked date_basis = outside."),
    ("dcid2", "data set", "Maness, Valeriano, Jensen, Hedgecock, Macias", "2022", "Dyadic Cyber Incident and Campaign Data 2.0", "",
     "2000", "2020", "47 % of the start dates are the first of a month: only the month is known. Start is when the operation began, not when it was known."),
    ("eurepoc", "data set", "European Repository of Cyber Incidents", "2023", "EuRepoC incident data", "", "2000", "",
     "62 % of dates are day 1 of a month, 30 % are 1 January. Breaks of collection in 2011 and 2021 to 2023."),
    ("cfr", "data set", "Council on Foreign Relations", "2023", "Cyber Operations Tracker", "", "2005", "", "Dates are dates of disclosure."),
    ("gdelt1", "data set", "The GDELT Project", "2013", "GDELT 1.0 event files", "", "1979", "", "Machine coded from news; volume follows the news."),
    ("gdelt2", "data set", "The GDELT Project", "2015", "GDELT 2.0 event files", "", "2015-02-18", "", "Machine coded from news; many events share a 15-minute stamp."),
    ("icews", "data set", "Boschee and others", "2015", "Integrated Crisis Early Warning System, coded events", "", "1995", "2020",
     "Machine coded from news. Copies prepared for benchmarks (2005 to 2015) lack a bare 'United States': counts jump when a leader enters, as in 2009."),
    ("icb", "data set", "Brecher, Wilkenfeld, Beardsley, James, Quinn", "2023", "International Crisis Behavior, crisis dyads", "", "1918", "2019", "Crises only; about 10 a year."),
    ("mid", "data set", "Maoz, Johnson, Kaplan, Ogunkoya, Shreve", "2019", "Dyadic Militarized Interstate Disputes", "", "1816", "2014",
     "One row per dispute, dyad and year; -9 is an unknown day."),
    ("synthetic", "synthetic", "Parley", "2026", "Events drawn from a known model", "合成数据", "", "", "Not observations of the world."),
]
covered = by_hand("sources.csv", "coverage_zh", "source")
save("sources.csv", ["source", "kind", "author", "year", "title", "title_zh", "covers_from", "covers_to", "coverage", "coverage_zh"],
     [s + (covered.get((s[0],), ""),) for s in SOURCES])
broken = by_hand("coverage.csv", "what_zh", "source", "at")
save("coverage.csv", ["source", "at", "what", "what_zh"], [b + (broken.get(b[:2], ""),) for b in [
    ("eurepoc", "2011", "33 incidents in 2010 and 140 in 2011: collection changed, not the world"),
    ("eurepoc", "2022", "320 incidents in 2022 and 576 in 2023: collection changed"),
    ("icews", "2009-01-20", "benchmark copies know the United States only through its leaders and ministries; US counts jump here"),
    ("gdelt2", "2015-02-18", "begins; many more sources than GDELT 1.0"),
    ("gdelt1", "2013-04-01", "daily files replace yearly and monthly ones; volume rises"),
    ("wang2016", "2010", "the study calls 2010 the first year of the contest and looks closely from there on"),
]])


def cite(text):
    """000:1.2;001:2.2 -> wang2016:1.2;xu2021:2.2"""
    return ";".join(STUDY[p[:3]] + p[3:] for p in text.split(";")) if text else ""


# ---- domains and intensity -----------------------------------------------------------------------------------
DOMAINS = [  # code, en, zh, model, overt/covert, codings' domains, reason
    ("ideology", "ideology", "意识形态", "INF", "overt", "ideology", "Study wang2016 names it as one of five domains: Internet freedom against a managed Internet."),
    ("information", "information operations", "信息影响行动", "INF", "covert", "information_op", "Influence on opinion or an election by cyber means; its author hides."),
    ("regulation", "security regulation", "安全监管", "TEC", "overt", "regulation", "Market access, investment review, content control."),
    ("diplomacy", "diplomacy and channels", "外交与沟通渠道", "POL", "overt", "diplomacy;institution", "Accusation, denial, summit, and the standing channels themselves: their creation and suspension are diplomatic acts."),
    ("trade", "trade and industry", "国际贸易与产业", "TEC", "overt", "industry;trade_tech (kinds regulation, standards_dispute)", "Standards, certification, protection schemes and deals of firms."),
    ("research", "research reports", "研究报告", "ESP", "overt", "research", "Reports of third parties that set off a dispute, nearly always about espionage."),
    ("technology", "technology rivalry", "科技竞争", "TEC", "overt", "trade_tech (other kinds)", "Export control, entity lists, exclusion of equipment: the aim is the technology, not the trade."),
    ("espionage", "espionage", "网络窃密", "ESP", "covert", "espionage;legal", "Intrusion to take data. Indictments are counted here because theft is their subject; the act itself is overt."),
    ("military", "military", "军事", "MIL", "overt", "military", "Doctrine, exercises, military channels."),
    ("critical-infrastructure", "critical infrastructure", "关键基础设施", "MIL", "covert", "critical_infra", "Attack on what a society cannot do without."),
    ("crime", "cybercrime", "网络犯罪", "CRM", "covert", "crime", "Acts of third parties against which states can act together, and the agreements about it."),
    ("governance", "global governance", "全球治理", "POL", "overt", "governance", "Who makes the rules: United Nations groups, strategies addressed to the world."),
    ("data", "data security", "数据安全", "TEC", "overt", "", "Flows of data across borders; no event of the studies, needed by study lang2023."),
    ("ai", "artificial intelligence", "人工智能", "TEC", "overt", "ai", "Rules and risks of artificial intelligence."),
    ("context", "political context", "政治背景", "POL", "overt", "context", "Not a cyber event, but the relation it happens in."),
]
save("domains.csv", ["domain", "en", "zh", "model_domain", "visibility", "codings", "reason"], DOMAINS)
DOMAIN = {seed.split(" ")[0]: d[0] for d in DOMAINS for seed in d[5].split(";") if seed and "(" not in seed}
MODEL = {d[0]: d[3] for d in DOMAINS}


def domain_of(e):
    if e["domain"] == "trade_tech":
        return "trade" if e["kind"] in ("regulation", "standards_dispute") else "technology"
    return DOMAIN[e["domain"]]


INTENSITY = [
    (-1, 1, -2.0, "criticism or a report: as 'criticise or denounce' (CAMEO 111, -2)"),
    (-1, 2, -4.0, "public attribution or a new restrictive rule: as 'accuse' or 'reject' (CAMEO 112 -2, 12 -4); above plain criticism"),
    (-1, 3, -5.5, "legal or economic measure, doctrine or serious intrusion: between 'reject' (-4) and 'threaten with force' (-7)"),
    (-1, 4, -7.0, "suspended channels, broad sanctions, large breach: between 'reduce relations' (-4) and 'embargo' (-8), nearer the latter because it is broad"),
    (-1, 5, -9.0, "physical damage or military crisis: as 'assault' (CAMEO 18, -9)"),
    (-1, 6, -10.0, "war: the end of the scale (CAMEO 19, -10)"),
    (0, 0, 0.0, "domestic or neutral: no direction"),
    (0, 1, 0.0, "domestic or neutral: no direction"),
    (0, 2, 0.0, "domestic or neutral: no direction"),
    (1, 1, 1.5, "statement: a little above 'make statement' (0) because it is well-meant"),
    (1, 2, 3.0, "meeting: between 'visit' (1.9) and 'diplomatic cooperation' (3.5)"),
    (1, 3, 5.0, "mechanism or document: above 'diplomatic cooperation' (3.5), below 'material cooperation' (6)"),
    (1, 4, 6.5, "working mechanism, leader-level or corporate deal: as 'cooperate economically' (6.4)"),
    (1, 5, 8.0, "agreement: as 'sign formal agreement' (CAMEO 057, 8)"),
]
save("intensity.csv", ["sign", "level", "intensity", "reason"], INTENSITY)
LEVEL = {(str(s), str(level)): v for s, level, v, _ in INTENSITY}

# ---- actors --------------------------------------------------------------------------------------------------
ZH = {"US": "美国", "GB": "英国", "FR": "法国", "DE": "德国", "RU": "俄罗斯", "IR": "伊朗", "KP": "朝鲜", "KR": "韩国", "BO": "玻利维亚",
      "VE": "委内瑞拉", "SY": "叙利亚", "VN": "越南", "LA": "老挝", "HK": "香港", "MO": "澳门", "MM": "缅甸", "PS": "巴勒斯坦",
      "VA": "梵蒂冈", "TZ": "坦桑尼亚", "CD": "刚果（金）", "CG": "刚果（布）", "MD": "摩尔多瓦", "IT": "意大利", "ES": "西班牙",
      "GE": "格鲁吉亚", "EE": "爱沙尼亚", "PK": "巴基斯坦", "IN": "印度", "BR": "巴西", "ZA": "南非", "SA": "沙特阿拉伯", "AE": "阿联酋",
      "EG": "埃及", "TR": "土耳其", "KZ": "哈萨克斯坦", "PL": "波兰", "UA": "乌克兰", "BY": "白俄罗斯", "JP": "日本", "TW": "台湾"}
ALIAS = {
    "US": "U.S.;USA;U.S.A.;America;United States;United States of America;美利坚合众国",
    "CN": "PRC;People's Republic of China;Mainland China;中华人民共和国", "GB": "UK;Britain;Great Britain;United Kingdom;England",
    "RU": "Russian Federation;Soviet Union;USSR;俄罗斯联邦;俄国;苏联", "KR": "South Korea;S Korea;Republic of Korea;Korea, Republic of;ROK;大韩民国",
    "KP": "North Korea;N Korea;DPRK;Korea (Democratic People's Republic of);Korea, Democratic People's Republic of;朝鲜民主主义人民共和国",
    "IR": "Iran (Islamic Republic of);Iran, Islamic Republic of;伊朗伊斯兰共和国", "VN": "Viet Nam", "SY": "Syrian Arab Republic",
    "TW": "Taiwan, Province of China;Chinese Taipei", "PS": "Palestinian Territories;State of Palestine;Palestinian Territory;West Bank;Gaza",
    "TR": "Turkiye;Turkey", "CZ": "Czech Republic", "SZ": "Swaziland", "MK": "Macedonia;FYROM", "CI": "Ivory Coast;Cote d'Ivoire", "TL": "East Timor",
    "CD": "DR Congo;Democratic Republic of the Congo;Congo, the Democratic Republic of the;Congo-Kinshasa;Zaire",
    "CG": "Congo;Republic of the Congo;Congo-Brazzaville", "MM": "Burma", "CV": "Cape Verde",
    "MD": "Moldova, Republic of;Republic of Moldova", "VA": "Holy See;Holy See (Vatican City State);Vatican", "LA": "Lao PDR;Lao People's Democratic Republic",
    "TZ": "United Republic of Tanzania", "BO": "Bolivia (Plurinational State of)", "VE": "Venezuela (Bolivarian Republic of)",
    "BN": "Brunei Darussalam", "AE": "UAE;United Arab Emirates", "HK": "Hong Kong SAR", "FM": "Federated States of Micronesia",
    "ST": "Sao Tome and Principe", "BA": "Bosnia", "TT": "Trinidad and Tobago", "VC": "St. Vincent and the Grenadines",
    "KN": "St. Kitts and Nevis", "XK": "Kosovo",
}
COW = {}  # ISO alpha-2 -> (number, abbreviation)
BY_COW_NAME = {"United States of America": "US", "United Kingdom": "GB", "Trinidad and Tobago": "TT", "St. Vincent and the Grenadines": "VC",
               "St. Kitts and Nevis": "KN", "Czech Republic": "CZ", "Macedonia": "MK", "Bosnia and Herzegovina": "BA", "Kosovo": "XK",
               "Sao Tome and Principe": "ST", "Ivory Coast": "CI", "Congo": "CG", "Democratic Republic of the Congo": "CD",
               "Swaziland": "SZ", "Turkey": "TR", "East Timor": "TL", "Federated States of Micronesia": "FM", "Antigua and Barbuda": "AG",
               "Antigua & Barbuda": "AG", "Myanmar": "MM", "St. Lucia": "LC", "Cape Verde": "CV"}
iso = rows(iso_path)
by_name = {r["CLDR display name"]: r["ISO3166-1-Alpha-2"] for r in iso}
former = []
for r in rows(cow_path):
    code = BY_COW_NAME.get(r["StateNme"]) or by_name.get(r["StateNme"])
    if code:
        COW.setdefault(code, (r["CCode"], r["StateAbb"]))
    elif not any(f[1] == r["CCode"] for f in former):
        former.append((r["StateAbb"], r["CCode"], r["StateNme"]))
FORMER_ZH = {"AUH": "奥匈帝国", "YUG": "南斯拉夫", "CZE": "捷克斯洛伐克", "GFR": "西德", "GDR": "东德", "KOR": "朝鲜（1910年前）",
             "RVN": "越南共和国", "YAR": "阿拉伯也门共和国", "YPR": "也门民主人民共和国", "PAP": "教皇国"}
actors = []
for r in iso:
    a2, a3 = r["ISO3166-1-Alpha-2"], r["ISO3166-1-Alpha-3"]
    en = r["CLDR display name"].replace("’", "'")
    en = {"UK": "United Kingdom", "US": "United States"}.get(en, en)
    zh = ZH.get(a2) or r["official_name_cn"].strip("* ") or r["UNTERM Chinese Short"].strip("* ") or en
    aliases = [x for x in ALIAS.get(a2, "").split(";") if x and x != en]
    for extra in (r["CLDR display name"], r["UNTERM English Short"].replace("(the)", "").strip("* "), r["official_name_en"],
                  r["official_name_cn"].strip("* ")):
        if extra and extra not in aliases and extra not in (en, zh) and ";" not in extra:
            aliases.append(extra)
    cow = COW.get(a2, ("", ""))
    actors.append((a2, en, zh, "state", a3, cow[0], cow[1], ";".join(aliases)))
if not any(a[0] == "XK" for a in actors):
    actors.append(("XK", "Kosovo", "科索沃", "state", "XKX", COW.get("XK", ("", ""))[0], "KOS", ""))
actors.sort()
for abb, number, name in former:
    actors.append((f"STATE:{abb}", name, FORMER_ZH.get(abb, name), "former state", "", number, abb, ""))
OTHER = [
    ("ORG:COE", "Council of Europe", "欧洲委员会", "body", "COE"), ("ORG:AU", "African Union", "非洲联盟", "body", "AU (African Union);非盟"),
    ("ORG:ARAB", "Arab League", "阿拉伯国家联盟", "body", "ARAB;League of Arab States;阿盟"),
    ("ORG:SCO", "Shanghai Cooperation Organisation", "上海合作组织", "body", "SCO;上合组织"),
    ("ORG:ASEAN", "Association of Southeast Asian Nations", "东南亚国家联盟", "body", "ASEAN;东盟"),
    ("ORG:OAS", "Organization of American States", "美洲国家组织", "body", "OAS"),
    ("ORG:CIS", "Commonwealth of Independent States", "独立国家联合体", "body", "CIS;独联体"), ("ORG:G8", "Group of Eight", "八国集团", "body", "G8"),
    ("ORG:EU", "European Union", "欧洲联盟", "body", "EU;EU (institutions);欧盟"),
    ("ORG:NATO", "North Atlantic Treaty Organization", "北大西洋公约组织", "body", "NATO;NATO (institutions);NATO (region);北约"),
    ("ORG:UN", "United Nations", "联合国", "body", "UN;United Nations Organization;U.N."),
    ("ORG:OSCE", "Organization for Security and Co-operation in Europe", "欧洲安全与合作组织", "body", "OSCE;Organization for Security and Cooperation in Europe"),
    ("ORG:INTERPOL", "Interpol", "国际刑警组织", "body", "Interpol"), ("ORG:WTO", "World Trade Organization", "世界贸易组织", "body", "WTO"),
    ("ORG:WADA", "World Anti-Doping Agency", "世界反兴奋剂机构", "body", "World Anti-Doping Agency"),
    ("ORG:IAAF", "World Athletics", "世界田径联合会", "body", "International Association of Athletics Federations"),
    ("ORG:UNICEF", "UNICEF", "联合国儿童基金会", "body", "UNICEF"), ("ORG:IAEA", "International Atomic Energy Agency", "国际原子能机构", "body", "IAEA"),
    ("ORG:UNEP", "United Nations Environment Programme", "联合国环境规划署", "body", "United Nations Environment Programme"),
    ("ORG:ECOSOC", "United Nations Economic and Social Council", "联合国经济及社会理事会", "body", "United Nations Economic and Social Council"),
    ("GROUP:CRIM", "criminals", "犯罪团伙", "group", "CRIM"), ("GROUP:HACK", "hacktivists", "黑客组织", "group", "HACK"),
    ("GROUP:ISIS", "Islamic State", "伊斯兰国", "group", "ISIS"),
    ("FIRM:US", "US firms", "美国企业", "firm", ""), ("FIRM:CN", "Chinese firms", "中国企业", "firm", ""), ("FIRM:foreign", "foreign firms", "外国企业", "firm", ""),
    ("FIRM:Google", "Google", "谷歌", "firm", ""), ("FIRM:Mandiant", "Mandiant", "曼迪昂特", "firm", ""), ("FIRM:Guardian", "The Guardian", "卫报", "firm", ""),
    ("FIRM:WashingtonPost", "The Washington Post", "华盛顿邮报", "firm", ""), ("FIRM:Novetta", "Novetta", "Novetta公司", "firm", ""),
    ("FIRM:Baidu", "Baidu", "百度", "firm", ""), ("FIRM:Uber", "Uber", "优步", "firm", ""), ("FIRM:Microsoft", "Microsoft", "微软", "firm", ""),
    ("FIRM:MIT", "Massachusetts Institute of Technology", "麻省理工学院", "firm", "MIT"),
    ("FIRM:HDC", "Centre for Humanitarian Dialogue", "人道主义对话中心", "firm", "HDC"),
    ("WORLD", "the world", "全世界", "region", "Global (region);Global"), ("UNK", "unknown", "不明", "unknown", "Unknown;Not available;not established"),
]
for region, zh in [("Africa", "非洲"), ("Asia", "亚洲"), ("Balkans", "巴尔干"), ("Caucasus", "高加索"), ("Central America", "中美洲"),
                   ("Central Asia", "中亚"), ("Eastern Asia", "东亚"), ("Eastern Europe", "东欧"), ("Europe", "欧洲"),
                   ("Gulf Countries", "海湾国家"), ("Mena Region", "中东与北非"), ("Middle East", "中东"), ("North Africa", "北非"),
                   ("North America", "北美洲"), ("Northern Europe", "北欧"), ("South America", "南美洲"), ("South Asia", "南亚"),
                   ("South China Sea", "南海"), ("Southeast Asia", "东南亚"), ("Western Europe", "西欧")]:
    OTHER.append(("REGION:" + region.replace(" ", "-"), region, zh, "region", region + " (region)"))
for code, en, zh, kind, aliases in OTHER:
    actors.append((code, en, zh, kind, "", "", "", aliases))
save("actors.csv", ["actor", "en", "zh", "kind", "iso3", "cow", "cow_abbreviation", "aliases"], actors)
known = {a[0] for a in actors}
RECODE = {"AUS": "AU", "UK": "GB", "AU": "ORG:AU", "COE": "ORG:COE", "ARAB": "ORG:ARAB", "SCO": "ORG:SCO", "ASEAN": "ORG:ASEAN",
          "OAS": "ORG:OAS", "CIS": "ORG:CIS", "G8": "ORG:G8", "EU": "ORG:EU", "NATO": "ORG:NATO", "UN": "ORG:UN", "CRIM": "GROUP:CRIM", "HACK": "GROUP:HACK"}


def recode(text, separator=";"):
    parts = [RECODE.get(p, p) for p in text.split(separator)] if text else []
    assert all(p in known for p in parts), parts
    return separator.join(parts)


# ---- events --------------------------------------------------------------------------------------------------
MECHANISM_OF = {
    "EV032": "industry-forum", "EV083": "industry-forum", "EV034": "track2-cyber-dialogue", "EV062": "cyber-working-group", "EV064": "cyber-working-group",
    "EV071": "cyber-working-group", "EV058": "us-russia-working-group", "EV052": "us-russia-working-group", "EV046": "us-russia-working-group",
    "EV066": "military-memoranda", "EV097": "cyber-consensus-2015", "EV099": "crime-joint-dialogue", "EV106": "crime-joint-dialogue",
    "EV111": "crime-joint-dialogue", "EV107": "joint-dialogue-hotline", "EV117": "law-enforcement-dialogue", "EV123": "high-level-dialogues",
    "EV101": "military-round-table", "EV129": "humanitarian-dialogue-channel", "EV030": "un-gge", "EV124": "un-oewg", "EV053": "un-gge", "EV085": "un-gge", "EV103": "un-gge",
    "EV028": "budapest-convention", "EV017": "crime-in-cyberspace-committee",
}
KNOWN = {"EV135": "2020-12", "EV137": "2020-12"}
# Remarks of the codings that say something different from the first report: (what changes, whose, remark)
COMPETING = {
    "EV011": [({"what": "Citibank computer system intruded by an international hacker group; loss of about USD 10 million"}, "004:5.1.1", "headline of a footnote; the text says about 11 million")],
    "EV045": [({"date_start": "2011-05-01", "precision": "day"}, "001:4", "a footnote gives the first of the month")],
    "EV050": [({"date_start": "2013-04-18", "precision": "day"}, "000:3.1", "day in a footnote"),
              ({"date_start": "2013-03-12", "precision": "day"}, "000:3.1", "day in the address that the same footnote links")],
    "EV060": [({"date_start": "2013-08", "precision": "month"}, "004:5.4.1", "dates the affair to August 2013")],
    "EV071": [({"date_start": "2014", "precision": "year"}, "004:5.2.3", "gives the year only, and accusations of economic espionage as the cause")],
    "EV087": [({"date_start": "2015-06", "precision": "month", "what": "Personnel data of the US Office of Personnel Management stolen: over 21 million people"}, "001:2.2", "puts the announcement at the end of June"),
              ({"what": "Personnel data of the US Office of Personnel Management stolen: about 20 million people"}, "002:2.1", "another count of the persons")],
    "EV106": [({"date_start": "2016-06-14", "precision": "day"}, "001:2.2", "day in a footnote")],
    "EV107": [({"date_start": "2016-12", "precision": "month"}, "001:2.2", "lists the hotline among the results of the third dialogue")],
    "EV109": [({"date_start": "2016-10-07", "precision": "day"}, "004:5.4.2", "date of the source in a footnote; Washington time")],
    "EV110": [({"date_start": "2016-12-29", "precision": "day"}, "004:5.4.2", "day in a footnote")],
    "EV111": [({"date_start": "2016-12-08", "precision": "day"}, "001:2.2", "day in a footnote")],
    "EV133": [({"date_start": "2019-06", "precision": "month"}, "001:3", "the text gives the month; the day is that of the press report")],
}
COLUMNS = ["event_id", "date_start", "date_end", "precision", "date_public", "actor", "target", "kind", "domain", "intensity", "attribution",
           "mechanism", "what", "source", "note", "date_basis", "level", "outcome", "sign", "what_zh"]
translated = by_hand("events.csv", "what_zh", "event_id", "what")
events = []
for e in rows(os.path.join(codings, "events.csv")):
    domain = domain_of(e)
    assert MODEL[domain] == e["model_domain"], e
    value = LEVEL[e["sign"], e["level"]]
    row = {
        "event_id": e["event_id"], "date_start": e["date_start"], "date_end": e["date_end"], "precision": e["precision"],
        "date_public": KNOWN.get(e["event_id"], ""), "actor": recode(e["actor"]), "target": recode(e["target"]), "kind": e["kind"],
        "domain": domain, "intensity": f"{value:g}", "attribution": e["attribution"], "mechanism": MECHANISM_OF.get(e["event_id"], ""),
        "what": e["what"], "source": cite(e["source"]), "note": e["note"], "date_basis": e["date_basis"], "level": e["level"],
        "outcome": e["outcome"], "sign": e["sign"], "what_zh": translated.get((e["event_id"], e["what"]), "")}
    for study, code in STUDY.items():  # remarks name the papers by number
        row["note"] = re.sub(rf"\b{study}\b(?=( puts| gives| lists| cites| dates|:| footnote))", code, row["note"])
    events.append([row[c] for c in COLUMNS])
    for change, source, remark in COMPETING.get(e["event_id"], []):
        other = dict(row, **change)
        other["source"], other["note"] = cite(source), remark
        other["what_zh"] = translated.get((e["event_id"], other["what"]), "")
        if "date_start" in change:
            other["date_end"], other["date_basis"] = "", "competing"
        events.append([other[c] for c in COLUMNS])
save("events.csv", COLUMNS, events)

# ---- mechanisms with their intervals -------------------------------------------------------------------------
M = ["mechanism", "en", "zh", "kind", "parties", "start", "start_event", "stop", "stop_event", "stop_kind", "source", "note"]
mechanisms = [
    ("industry-forum", "US-China Internet Industry Forum", "中美互联网论坛", "track2", "CN;US", "2007", "EV032", "2015", "EV083", "lapsed", "001:4.2", ""),
    ("track2-cyber-dialogue", "track-2 cyber dialogue of CICIR and CSIS", "中美网络安全二轨对话", "track2", "CN;US", "2009", "EV034", "", "", "", "001:4.2", "survived the suspensions of official channels"),
    ("cyber-working-group", "China-US cyber working group", "中美网络安全工作组", "working-group", "CN;US", "2013-07", "EV062", "2014-05", "EV071", "suspended", "002:1.1;001:2.2", "not resumed; the joint dialogue of 2015 took its place"),
    ("cyber-consensus-2015", "China-US cyber consensus of September 2015", "中美网络安全共识", "norm", "CN;US", "2015-09-25", "EV097", "", "", "", "000:4.3;001:2.2;002:1.1", "no state support of commercial theft; timely response"),
    ("crime-joint-dialogue", "high-level joint dialogue on cybercrime", "打击网络犯罪及相关事项高级别联合对话", "dialogue", "CN;US", "2015-12", "EV099", "2017-10-04", "EV117", "replaced", "001:2.2;002:1.1", "agreed 2015-09-25; met three times"),
    ("joint-dialogue-hotline", "hotline of the joint dialogue", "联合对话热线", "hotline", "CN;US", "2016-08", "EV107", "2018", "EV123", "suspended", "000:4.3;001:2.3", "xu2021 lists it with the dialogue of December 2016; the stop is that of the official channels as a whole"),
    ("law-enforcement-dialogue", "law-enforcement and cybersecurity dialogue", "执法及网络安全对话", "dialogue", "CN;US", "2017-10-04", "EV117", "2018", "EV123", "suspended", "001:2.3;002:1.1", "one round; the stop is not dated by the studies, between October 2017 and 2020"),
    ("high-level-dialogues", "four high-level dialogues and over 90 government exchanges", "四个高级别对话与九十余个政府间交流机制", "dialogue", "CN;US", "", "", "2018", "EV123", "suspended", "001:2.3;002:1.1", "start not stated; stop not dated, after October 2017"),
    ("military-memoranda", "two military memoranda: notification and encounters", "两个互信机制谅解备忘录", "notification", "CN;US", "2014", "EV066", "", "", "", "001:4.3", ""),
    ("military-round-table", "cyber military stability round table (track 1.5)", "网络空间军事稳定圆桌会议", "track2", "CN;US;RU", "2016", "EV101", "", "", "", "001:1", ""),
    ("humanitarian-dialogue-channel", "channel of the Centre for Humanitarian Dialogue", "人道主义对话中心渠道", "track2", "CN;US", "2019", "EV129", "", "", "", "001:1", ""),
    ("us-russia-working-group", "US-Russia cyber working group", "美俄网络工作组", "working-group", "US;RU", "2013-06", "EV058", "2014", "EV052", "suspended", "004:5.4", "stalled 2013 to 2014 after the PRISM affair and the Ukraine crisis"),
    ("un-gge", "UN Group of Governmental Experts", "联合国信息安全政府专家组", "forum", "ORG:UN", "2004", "EV030", "", "", "", "004:5.3.1", ""),
    ("un-oewg", "UN Open-ended Working Group", "联合国开放式工作组", "forum", "ORG:UN", "2018", "EV124", "", "", "", "004:5.3.1", ""),
    ("crime-in-cyberspace-committee", "Committee of Experts on Crime in Cyberspace", "网络空间犯罪专家委员会", "working-group", "ORG:COE", "1997", "EV017", "2001-11-08", "EV027", "completed", "004:5.1.3", ""),
    ("budapest-convention", "Convention on Cybercrime", "网络犯罪公约", "agreement", "ORG:COE;US;JP;CA;ZA", "2001-11-23", "EV028", "", "", "", "004:5.1", ""),
]
AGREEMENTS = [("cis-agreement", "EV026", "CIS agreement on cooperation against computer-information crime", "独立国家联合体打击计算机信息领域犯罪合作协定"),
              ("oas-strategy", "EV029", "Comprehensive Inter-American Cybersecurity Strategy", "美洲全面网络安全战略"),
              ("sco-agreement", "EV035", "SCO agreement on international information security", "上海合作组织保障国际信息安全合作协定"),
              ("arab-convention", "EV039", "Arab Convention on Combating Information Technology Offences", "阿拉伯国家联盟打击信息技术犯罪公约"),
              ("african-convention", "EV067", "African Union Convention on Cyber Security and Personal Data Protection", "非盟网络安全和个人数据保护公约"),
              ("china-russia-agreement", "EV079", "China-Russia agreement on international information security", "中俄国际信息安全合作协定"),
              ("china-uk-consensus", "EV080", "China-UK cybersecurity consensus", "中英网络安全合作共识"),
              ("russia-india-agreement", "EV100", "Russia-India agreement on ICT security", "俄印信息通信技术安全合作协议"),
              ("asean-declaration", "EV112", "ASEAN Declaration to Prevent and Combat Cybercrime", "东盟预防和打击网络犯罪宣言"),
              ("china-australia-consensus", "EV113", "China-Australia cyber consensus", "中澳网络安全合作共识"),
              ("russia-iran-agreement", "EV138", "Russia-Iran agreement on information security", "俄伊信息安全保障合作协议")]
by_id = {}
for e in events:
    by_id.setdefault(e[0], e)
for code, event, en, zh in AGREEMENTS:
    e = by_id[event]
    mechanisms.append((code, en, zh, "agreement", e[5], e[1], event, "", "", "", "004:T3", ""))
    e[COLUMNS.index("mechanism")] = code
save("events.csv", COLUMNS, events)
save("mechanisms.csv", M, [m[:4] + (m[4],) + m[5:10] + (cite(m[10]), m[11]) for m in mechanisms])

# ---- cases, figures of evidence, indicators, terms, claims, hypotheses ---------------------------------------
cases = rows(os.path.join(codings, "cases.csv"))
save("cases.csv", ["case_id", "focal", "name_en", "name_zh", "year", "year_kind", "issue", "issue2", "type", "parties", "common_harm",
                   "regime_threat", "outcome", "fits", "source", "note"],
     [(c["case_id"], c["focal"], c["name_en"], c["name_zh"], c["year"], c["year_kind"], c["issue"], c["issue2"], c["type"], recode(c["parties"]),
       c["common_harm"], c["regime_threat"], c["outcome"], c["fits"], cite("004:" + c["table"]), c["coding_note"]) for c in cases])
save("indicators.csv", ["indicator_id", "variable", "dimension", "name_en", "name_zh", "question", "scale", "evidence_examples", "decision_rule", "model_input", "source"],
     [(i["indicator_id"], i["variable"], i["dimension"], i["name_en"], i["name_zh"], i["question"], i["scale"], i["evidence_examples"], i["decision_rule"],
       i["model_input"], cite(i["paper"])) for i in rows(os.path.join(codings, "indicators.csv"))])


def country(text):
    return ">".join(recode(p) for p in text.split(">"))


save("evidence.csv", ["evidence_id", "case_id", "indicator_id", "country", "year", "quantity", "value", "unit", "supports", "source", "note"],
     [(e["evidence_id"], e["case_id"], e["indicator_id"], country(e["country"]), e["year"], e["quantity"], e["value"], e["unit"], e["supports"], cite(e["source"]),
       re.sub(r"\b002\b", "lu2019", e["note"])) for e in rows(os.path.join(codings, "evidence.csv"))])
save("terms.csv", ["term_id", "class", "function", "en", "zh", "definition", "model_parameter", "expected_effect", "source"],
     [(m["mech_id"], m["class"], m["function"], m["term_en"], m["term_zh"], m["definition"], m["model_parameter"], m["expected_effect"],
       cite(m["paper"] + ":" + m["loc"])) for m in rows(os.path.join(codings, "mechanisms.csv"))])
save("claims.csv", ["claim_id", "claim", "kind", "from_variable", "to_variable", "sign", "test", "hypothesis", "source"],
     [(c["claim_id"], c["claim"], c["kind"], c["from_variable"], c["to_variable"], c["sign"], c["test"], c["hypothesis"], cite(c["paper"] + ":" + c["loc"]))
      for c in rows(os.path.join(codings, "claims.csv"))])
save("hypotheses.csv", ["hypothesis_id", "statement", "change", "expected", "status", "prototype_result", "sign_robustness"],
     [tuple(h.values()) for h in rows(os.path.join(codings, "hypotheses.csv"))])
save("cameo.csv", ["cameo", "name", "goldstein"], [(c["code"], c["name"].lower().capitalize(), c["goldstein"]) for c in rows(cameo_path)])
