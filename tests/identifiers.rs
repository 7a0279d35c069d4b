//! Holds the validators of identifiers against python-stdnum, an independent implementation, on generated candidates.
//! stdnum is an oracle only: where we differ on purpose, the difference and its reason stand in `on_purpose`.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use ropa::detector::checksum;

/// Validator, and the forms of its candidates: `#` a digit, `@` a letter, `*` a digit or letter, `[ab]` one of these,
/// `?` every digit in turn, `!` every letter in turn, `{…}` a date; `Y` in dates is a digit of the year. The rest stands for itself.
#[rustfmt::skip]
const FORMS: &[(&str, &[&str])] = &[
    ("aba", &["0########", "########?", "[123]#######?"]),
    ("ar_cuit", &["2[0347]-########-?", "20########?", "3[034]########?", "##########?"]),
    ("at_svnr", &["###?{ddmmyy}", "###? {ddmmyy}"]),
    ("at_tin", &["########?", "##-###/###?"]),
    ("au_tfn", &["########?", "### ### ##?"]),
    ("be_rrn", &["{yymmdd}###??", "{yymmdd}-###.??", "##[02468]#########", "##[24]##########"]),
    ("bg_egn", &["{yymmdd}###?", "##[24]######?"]),
    ("bg_lnc", &["#########?"]),
    ("br_cpf", &["#########??", "###.###.###-??"]),
    ("btc", &[
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf[A-Z]a", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhW[L-P]Ly", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t[2-9]", "BC1SW50QGDZ25J", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
    ]),
    ("ca_sin", &["########?", "###-###-##?"]),
    ("ch_ahv", &["756#########?", "756.####.####.#?", "############?"]),
    ("cl_rut", &["########?", "########K", "##.###.###-?", "########-K"]),
    ("cn_ric", &["110101{yyyymmdd}###?", "360426{yyyymmdd}###X", "110101{yyyymmdd}###X"]),
    ("co_nit", &["#########?", "###.###.###-?"]),
    ("cu_ni", &["{yymmdd}#####", "###########"]),
    ("cy_tic", &["########!", "1#######!", "########@"]),
    ("cz_rc", &["{yymmdd}/###?", "##[05]#{dd}###?", "##[27]#{dd}###?", "{yymmdd}###"]),
    ("de_steuer_id", &["##########?", "1234567899?", "9876543211?", "1233456789?", "2020123456?", "1[123]1[234]5678#0?"]),
    ("dk_cpr", &["{ddmmyy}-####", "{ddmmyy}####"]),
    ("do_cedula", &["##########?", "###-#######-?"]),
    ("ec_ci", &["#########?", "[012]########?"]),
    ("ee_ik", &["[123456]{yymmdd}###?", "##########?"]),
    ("es_dni", &["########!", "########-!"]),
    ("es_nie", &["[XYZ]#######!", "[XYZ]-#######-!"]),
    ("fi_hetu", &["{ddmmyy}[-+AY]###?", "{ddmmyy}[-+ABCDEFYXWVU]###!"]),
    ("fr_nir", &["[12]##[01]##########??", "#############??", "[12]##0[1-9]2[AB]######??"]),
    ("fr_spi", &["[0-3]#########???"]),
    ("gb_nhs", &["#########?", "### ### ###?"]),
    ("gb_utr", &["?#########"]),
    ("gr_afm", &["########?"]),
    ("gr_amka", &["{ddmmyy}####?"]),
    ("gt_nit", &["#######?", "#######K", "######-?", "##?"]),
    ("hr_oib", &["##########?"]),
    ("iban", &["DE??##################", "NL??ABNA##########", "GB??WEST##############", "BE??############", "NO??###########"]),
    ("id_nik", &["31711[01]{ddmmyy}####", "327325[4567]#####0##1", "################"]),
    ("id_npwp", &["########?######", "##.###.###.?-###.###"]),
    ("ie_ppsn", &["#######!", "#######!A", "#######!B", "#######!W", "#######!H", "#######!@"]),
    ("il_tz", &["########?"]),
    ("imei", &["35############?", "##############?", "86-######-######-?"]),
    ("in_aadhaar", &["###########?", "#### #### ###?"]),
    ("in_pan", &["@@@P@####@", "@@@@@####@", "@@@[ABCFGHJLPTK]@####@"]),
    ("is_kennitala", &["{ddmmyy}-##?[089]", "{ddmmyy}##?[089]", "{ddmmyy}##?#"]),
    ("it_codice_fiscale", &["@@@@@@##[ABCDEHLMPRST][0-7]#@###!", "@@@@@@{yy}[ABCDEHLMPRST][0246][1-9]@[0-9LMN]#[0-9QV]!"]),
    ("jp_my_number", &["###########?", "#### #### ###?"]),
    ("kr_rrn", &["{yymmdd}-######?", "{yymmdd}######?"]),
    ("lt_asmens_kodas", &["[123456]{yymmdd}###?", "##########?"]),
    ("luhn", &["#######?", "###############?", "?##"]),
    ("lv_pk", &["{ddmmyy}-[012]###?", "{ddmmyy}####?", "32#########"]),
    ("mac", &["[0-9a-f]0:1[0-9a-f]:[0-9A-F]2:03:0A:#b", "#0-11-22-33-44-5#", "00:00:00:00:00:0g"]),
    ("md_idnp", &["20###########?", "2###########?", "############?"]),
    ("mod11_10", &["#######?", "##########?"]),
    ("mod11_2", &["#######?", "#######X", "################?"]),
    ("mod97_10", &["######??", "@@######??"]),
    ("mu_nid", &["@{ddmmyy}######?", "@{ddmmyy}######!"]),
    ("mx_curp", &["@@@@{yymmdd}[HM]DF@@@0?", "@@@@{yymmdd}[HM]@@@@@A?", "BOXW310820HNERXN0?", "@@@@{yymmdd}HJC@@@#?"]),
    ("mx_rfc", &["@@@@{yymmdd}***", "@@@@{yymmdd}**?", "GODE561231GR?"]),
    ("my_nric", &["{yymmdd}-##-####", "{yymmdd}######"]),
    ("mz_nuit", &["########?"]),
    ("nl_bsn", &["########?", "####.##.##?", "#######?"]),
    ("no_fnr", &["{ddmmyy}###??", "{ddmmyy} ###??", "[4567]#{mm}#####??"]),
    ("nz_ird", &["########?", "#######?", "[01]#######?", "###-###-##?"]),
    ("pe_dni", &["########-?", "########!"]),
    ("pk_cnic", &["#####-#######-#", "#############"]),
    ("pl_nip", &["#########?", "###-###-##-#?"]),
    ("pl_pesel", &["{yymmdd}####?", "##[02468]######?", "##[2468]#{dd}####?"]),
    ("pt_cc", &["######### **?", "######### @@?", "######### ###", "#########**!"]),
    ("pt_nif", &["########?", "### ### ##?"]),
    ("py_ruc", &["########-?", "########?", "######?"]),
    ("ro_cnp", &["[1256]{yymmdd}#####?", "############?"]),
    ("rs_jmbg", &["{ddmmyyy}#####?"]),
    ("ru_inn", &["##########??"]),
    ("se_personnummer", &["{yymmdd}-###?", "{yymmdd}+###?", "{yyyymmdd}-###?"]),
    ("sk_rc", &["{yymmdd}/###?", "##[05]#{dd}###?"]),
    ("th_pin", &["############?", "#-####-#####-##-?"]),
    ("tr_tckn", &["#########??"]),
    ("ua_rntrc", &["#########?"]),
    ("us_itin", &["9##-##-####", "9##[5-9]#####", "#########"]),
    ("us_ssn", &["###-##-####", "#########", "[069]##-[0][01]-####", "666-##-####", "###-##-000#"]),
    ("uy_rut", &["[012]#######001?", "###########?", "[12]######001?"]),
    ("ve_rif", &["[VEJPG]########?", "[VEJPG]-########-?", "@########?"]),
    ("verhoeff", &["#######?", "###############?"]),
    ("za_id", &["{yymmdd}####[012]#?", "{yymmdd} #### ## ?", "############?"]),
];

/// Candidates made of each form, and at least so many different ones before `?` and `!` take their turn.
const OF_EACH_FORM: usize = 400;
const BASES_OF_EACH_FORM: usize = 60;

/// A difference from stdnum that is meant: the validator, our verdict, the texts it is about, the reason.
type Difference = (&'static str, bool, fn(&[u8]) -> bool, &'static str);

#[rustfmt::skip]
const ON_PURPOSE: &[Difference] = &[
    ("aba", false, |d| !matches!(two(d, 0), 0..=12 | 21..=32 | 61..=72 | 80), "the first digits name a Federal Reserve district"),
    ("ar_cuit", true, |d| matches!(two(d, 0), 25 | 26), "25 and 26 are also given to persons"),
    ("at_svnr", false, |_| true, "a birth date that does not exist is refused"),
    ("at_tin", true, |_| true, "no list of tax offices is kept"),
    ("be_rrn", true, |d| two(d, 0) >= 25, "the clock is not asked: a birth may be in the future"),
    ("be_rrn", false, |d| two(d, 4) > 28, "a birth date that does not exist is refused"),
    ("btc", true, |d| matches!(d[3], b'z' | b'S'), "BIP 350 gives these of later witness versions as valid"),
    ("cl_rut", false, |d| d.starts_with(b"00"), "persons' numbers are above a million"),
    ("cn_ric", true, |_| true, "the province is checked, no list of counties and their years is kept"),
    ("co_nit", false, |d| d[0] == b'0', "no number starts with 0"),
    ("cz_rc", false, |d| matches!(d[2], b'2' | b'3' | b'7' | b'8'), "20 is added to the month since 2004 only"),
    ("cz_rc", false, |d| d.len() == 9 && two(d, 0) >= 54, "nobody is left whom the 19th century numbered"),
    ("sk_rc", false, |d| matches!(d[2], b'2' | b'3' | b'7' | b'8'), "20 is added to the month since 2004 only"),
    ("dk_cpr", true, |d| two(d, 4) >= 25, "the clock is not asked: a birth may be in the future"),
    ("fi_hetu", true, |d| d[d.len() - 4] == b'9', "temporary and specimen numbers (900 and up) count"),
    ("fr_nir", false, |d| !b"123478".contains(&d[0]) || !matches!(two(d, 3), 1..=12 | 20..=42 | 50..=99), "sex and month must make sense"),
    ("iban", true, |d| d.starts_with(b"BE"), "check digits inside the national account number are not asked for"),
    ("iban", true, |d| d.starts_with(b"NO"), "check digits inside the national account number are not asked for"),
    ("iban", false, |d| matches!(two(d, 2), 0 | 1 | 99), "check digits are 02 to 98"),
    ("id_nik", false, |d| two(d, 2) == 0, "no district is 00"),
    ("id_nik", true, |_| true, "the province is checked, no list of districts is kept"),
    ("imei", false, |d| !matches!(two(d, 0), 1 | 10 | 30 | 33 | 35 | 44 | 45 | 49..=54 | 86 | 91 | 97..=99), "the reporting body must exist"),
    ("in_pan", false, |d| d[3] != b'P', "only P is a person"),
    ("kr_rrn", true, |d| two(d, 0) >= 20, "since October 2020 the last digits are random"),
    ("lt_asmens_kodas", false, |d| b"0789".contains(&d[0]), "the first digit is century and sex"),
    ("lv_pk", false, |d| d[6] > b'2', "the seventh digit is the century"),
    ("lv_pk", true, |d| two(d, 0) == 32, "the new numbers are random"),
    ("mac", true, |_| true, "no list of manufacturers is kept"),
    ("md_idnp", false, |d| !matches!(d[0], b'0' | b'2'), "other first digits are organisations"),
    ("mx_rfc", false, |d| !d[12].is_ascii_digit() && d[12] != b'A', "the check character is a digit or A"),
    ("no_fnr", true, |d| matches!(two(d, 4), 25..40), "the clock is not asked: a birth may be in the future"),
    ("ro_cnp", true, |d| matches!(d[0], b'5'..=b'9'), "the clock is not asked; residents may be of any century"),
    ("us_itin", true, |d| matches!(two(d, 3), 50..=65), "groups 50 to 65 were added"),
    ("za_id", true, |d| d[10] == b'2', "2 is a refugee"),
];

/// Two digits as a number.
fn two(text: &[u8], at: usize) -> u32 {
    u32::from(text[at] - b'0') * 10 + u32::from(text[at + 1] - b'0')
}

fn is_on_purpose(name: &str, text: &str, ours: bool) -> bool {
    let plain: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    ON_PURPOSE
        .iter()
        .any(|(of, verdict, about, _)| *of == name && *verdict == ours && about(&plain))
}

/// A small generator with a fixed seed (xorshift64*): the same candidates in every run.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % below
    }

    fn one_of(&mut self, characters: &[u8]) -> u8 {
        characters[self.next(characters.len() as u64) as usize]
    }
}

const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BOTH: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// One candidate of a form; `?` and `!` are kept for [`in_turn`].
fn candidate(form: &str, random: &mut Random) -> String {
    let mut out = String::new();
    let mut rest = form;
    while let Some(first) = rest.chars().next() {
        rest = &rest[1..];
        match first {
            '#' => out.push(random.one_of(DIGITS) as char),
            '@' => out.push(random.one_of(LETTERS) as char),
            '*' => out.push(random.one_of(BOTH) as char),
            '[' => {
                let end = rest.find(']').expect("forms close their brackets");
                out.push(random.one_of(&class(&rest[..end])) as char);
                rest = &rest[end + 1..];
            }
            '{' => {
                let end = rest.find('}').expect("forms close their braces");
                out.push_str(&date(&rest[..end], random));
                rest = &rest[end + 1..];
            }
            other => out.push(other),
        }
    }
    out
}

/// The characters of `0-9A-F`.
fn class(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    for (at, &byte) in bytes.iter().enumerate() {
        match (byte, at > 0 && at + 1 < bytes.len()) {
            (b'-', true) => out.extend(bytes[at - 1] + 1..bytes[at + 1]),
            _ => out.push(byte),
        }
    }
    out
}

/// A day of 1900 to 2019, now and then one that does not exist.
fn date(form: &str, random: &mut Random) -> String {
    let year = 1900 + random.next(120);
    let odd = random.next(10) == 0;
    let month = 1 + random.next(if odd { 14 } else { 12 });
    let day = 1 + random.next(if odd { 35 } else { 28 });
    form.replace("yyyy", &format!("{year:04}"))
        .replace("yyy", &format!("{:03}", year % 1000))
        .replace("yy", &format!("{:02}", year % 100))
        .replace("mm", &format!("{month:02}"))
        .replace("dd", &format!("{day:02}"))
}

/// All texts in which each `?` and `!` has had every digit and letter.
fn in_turn(text: String, out: &mut Vec<String>) {
    let Some(at) = text.find(['?', '!']) else {
        out.push(text);
        return;
    };
    let characters = if text.as_bytes()[at] == b'?' {
        DIGITS
    } else {
        LETTERS
    };
    for &character in characters {
        in_turn(
            format!("{}{}{}", &text[..at], character as char, &text[at + 1..]),
            out,
        );
    }
}

fn candidates(forms: &[&str], random: &mut Random) -> Vec<String> {
    let mut out = Vec::new();
    for form in forms {
        let upto = out.len() + OF_EACH_FORM;
        let mut bases = 0;
        while out.len() < upto || bases < BASES_OF_EACH_FORM {
            in_turn(candidate(form, random), &mut out);
            bases += 1;
        }
    }
    out
}

/// python-stdnum's verdicts, or nothing when the environment says to do without.
fn oracle(asked: &[(&str, String)]) -> Option<Vec<bool>> {
    if std::env::var_os("ROPA_WITHOUT_ORACLE").is_some_and(|value| value == "1") {
        return None;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/stdnum_oracle.py");
    let mut python = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect(MISSING);
    let mut input = python.stdin.take().expect("stdin is piped");
    let text: String = asked
        .iter()
        .map(|(name, text)| format!("{name}\t{text}\n"))
        .collect();
    // Written beside the reading: both pipes are smaller than what goes through. A script that ends early closes its end.
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = python
        .wait_with_output()
        .expect("the oracle runs to its end");
    let written = writer.join().expect("the writer does not panic");
    assert!(output.status.success() && written.is_ok(), "{MISSING}");
    let verdicts: Vec<bool> = output
        .stdout
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| line == b"1")
        .collect();
    assert_eq!(verdicts.len(), asked.len(), "one verdict a candidate");
    Some(verdicts)
}

const MISSING: &str = "python3 with python-stdnum is needed: \
    `python3 -m venv venv && venv/bin/pip install python-stdnum==2.2 && PATH=$PWD/venv/bin:$PATH cargo test`; \
    ROPA_WITHOUT_ORACLE=1 skips this test";

#[test]
fn validators_agree_with_an_independent_implementation() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let asked: Vec<(&str, String)> = FORMS
        .iter()
        .flat_map(|(name, forms)| {
            candidates(forms, &mut random)
                .into_iter()
                .map(move |text| (*name, text))
        })
        .collect();
    let Some(verdicts) = oracle(&asked) else {
        return;
    };
    let mut valid: BTreeMap<&str, usize> = FORMS.iter().map(|(name, _)| (*name, 0)).collect();
    let mut differ: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for ((name, text), theirs) in asked.iter().zip(verdicts) {
        let ours = (checksum::find(name).expect("forms name validators").check)(text);
        if ours && theirs {
            *valid.entry(name).or_default() += 1;
        } else if ours != theirs && !is_on_purpose(name, text, ours) {
            let samples: &mut Vec<String> = differ.entry(name).or_default();
            samples.push(format!("{text}: we say {ours}"));
        }
    }
    for samples in differ.values_mut() {
        samples.truncate(5);
    }
    assert!(differ.is_empty(), "we differ, for instance on {differ:#?}");
    valid.retain(|_, count| *count < 20);
    assert!(
        valid.is_empty(),
        "too few candidates that both hold valid: {valid:?}"
    );
}

/// A form for every validator, all of it random: what `pass_rate` is the share of.
#[rustfmt::skip]
const RANDOM_FORMS: &[(&str, &str)] = &[
    ("aba", "#########"),
    ("ae_emirates_id", "784############"),
    ("al_nid", "[A-T]########[A-W]"),
    ("am_psn", "##########"),
    ("ar_cuit", "###########"),
    ("ar_dni", "########"),
    ("at_svnr", "##########"),
    ("at_tin", "#########"),
    ("au_medicare", "##########"),
    ("au_tfn", "#########"),
    ("ba_jmbg", "#############"),
    ("bd_nid", "##########"),
    ("be_rrn", "###########"),
    ("bg_egn", "##########"),
    ("bg_lnc", "##########"),
    ("bic", "@@@@@@**"),
    ("br_cpf", "###########"),
    ("btc", "1[1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z][1-9A-HJ-NP-Za-km-z]"),
    ("ca_sin", "#########"),
    ("card", "################"),
    ("ch_ahv", "#############"),
    ("cl_rut", "########[0-9K]"),
    ("cn_ric", "#################[0-9X]"),
    ("co_cedula", "########"),
    ("co_nit", "##########"),
    ("coordinate", "-###.######"),
    ("cu_ni", "###########"),
    ("cy_tic", "########@"),
    ("cz_rc", "##########"),
    ("de_rvnr", "########@###"),
    ("de_steuer_id", "###########"),
    ("dk_cpr", "##########"),
    ("do_cedula", "###########"),
    ("ec_ci", "##########"),
    ("ee_ik", "###########"),
    ("eg_nid", "[23]#############"),
    ("email", "[a-z][a-z][a-z][@][a-z][a-z][a-z].[a-z][a-z][a-z]"),
    ("es_dni", "########@"),
    ("es_nie", "[XYZ]#######@"),
    ("eth", "0x[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]"),
    ("fi_hetu", "######-###*"),
    ("fr_nir", "###############"),
    ("fr_spi", "#############"),
    ("gb_driving_licence", "@@@@@######@@*@@"),
    ("gb_nhs", "##########"),
    ("gb_nino", "@@######[A-D]"),
    ("gb_utr", "##########"),
    ("ge_personal_number", "###########"),
    ("geohash", "[0-9a-z][0-9a-z][0-9a-z][0-9a-z][0-9a-z][0-9a-z][0-9a-z][0-9a-z][0-9a-z]"),
    ("gh_card", "GHA-#########-#"),
    ("gr_afm", "#########"),
    ("gr_amka", "###########"),
    ("gt_nit", "#######[0-9K]"),
    ("hk_hkid", "@######([0-9A])"),
    ("hr_oib", "###########"),
    ("hu_adoazonosito", "##########"),
    ("hu_taj", "#########"),
    ("iban", "DE####################"),
    ("id_nik", "################"),
    ("id_npwp", "###############"),
    ("ie_ppsn", "#######[A-W]"),
    ("il_tz", "#########"),
    ("imei", "###############"),
    ("in_aadhaar", "############"),
    ("in_pan", "@@@@@####@"),
    ("ipv4", "[1-9]#.[1-9]#.[1-9]#.[1-9]##"),
    ("ipv6", "2001:db8:[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f][0-9a-f][0-9a-f][0-9a-f]"),
    ("ir_code_melli", "##########"),
    ("is_kennitala", "##########"),
    ("it_codice_fiscale", "@@@@@@##@##@###@"),
    ("jp_my_number", "############"),
    ("ke_id", "########"),
    ("kr_rrn", "#############"),
    ("kw_civil_id", "############"),
    ("kz_iin", "############"),
    ("lk_nic", "#########V"),
    ("lt_asmens_kodas", "###########"),
    ("lu_matricule", "#############"),
    ("luhn", "############"),
    ("lv_pk", "######-#####"),
    ("ma_cnie", "@@######"),
    ("mac", "[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]"),
    ("md_idnp", "#############"),
    ("me_jmbg", "#############"),
    ("mk_embg", "#############"),
    ("mod11_10", "###########"),
    ("mod11_2", "###############[0-9X]"),
    ("mod97_10", "############"),
    ("mrz", "*********#@@@#######[MF]#######****************"),
    ("mt_id", "#######@"),
    ("mu_nid", "@############*"),
    ("mx_clabe", "##################"),
    ("mx_curp", "@@@@######[HM]@@@@@*#"),
    ("mx_rfc", "@@@@######***"),
    ("my_nric", "############"),
    ("mz_nuit", "#########"),
    ("ng_nin", "###########"),
    ("nl_bsn", "#########"),
    ("no_fnr", "###########"),
    ("nz_ird", "#########"),
    ("nz_nhi", "@@@####"),
    ("pe_dni", "########-*"),
    ("ph_philsys", "############"),
    ("phone", "+###########"),
    ("pk_cnic", "#############"),
    ("pl_nip", "##########"),
    ("pl_pesel", "###########"),
    ("pt_cc", "#########**#"),
    ("pt_nif", "#########"),
    ("py_ruc", "#######-#"),
    ("ro_cnp", "#############"),
    ("rs_jmbg", "#############"),
    ("ru_inn", "############"),
    ("ru_snils", "###########"),
    ("sa_nid", "##########"),
    ("se_personnummer", "######-####"),
    ("sg_nric", "[STFGM]#######@"),
    ("si_emso", "#############"),
    ("sk_rc", "##########"),
    ("th_pin", "#############"),
    ("tr_tckn", "###########"),
    ("tw_id", "@#########"),
    ("ua_rntrc", "##########"),
    ("us_itin", "#########"),
    ("us_mbi", "[1-9]@*#@*#@@##"),
    ("us_npi", "##########"),
    ("us_ssn", "#########"),
    ("uuid", "[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f]-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]"),
    ("uy_ci", "########"),
    ("uy_rut", "############"),
    ("ve_rif", "[VEJPG]#########"),
    ("verhoeff", "############"),
    ("vin", "[A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9][A-HJ-NPR-Z0-9]####"),
    ("vn_cccd", "############"),
    ("za_id", "#############"),
];

#[test]
fn pass_rates_are_what_random_texts_show() {
    const TRIES: u32 = 20_000;
    let names: Vec<&str> = checksum::all()
        .iter()
        .map(|checksum| checksum.name)
        .collect();
    let forms: Vec<&str> = RANDOM_FORMS.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names, forms,
        "every validator has its random form, in order"
    );
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    let mut wrong = Vec::new();
    for (checksum, (_, form)) in checksum::all().iter().zip(RANDOM_FORMS) {
        let passed = (0..TRIES)
            .filter(|_| (checksum.check)(&candidate(form, &mut random)))
            .count();
        let measured = passed as f64 / f64::from(TRIES);
        // Five standard deviations of the count, and a tenth for what is written with two digits.
        let spread = 5.0 * (checksum.pass_rate / f64::from(TRIES)).sqrt();
        if (measured - checksum.pass_rate).abs() > spread + checksum.pass_rate / 10.0 {
            wrong.push(format!(
                "{}: says {}, shows {measured}",
                checksum.name, checksum.pass_rate
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_text_makes_a_validator_panic() {
    let long = "9".repeat(100_000);
    let mut texts: Vec<String> = [
        "",
        " ",
        "-",
        "é",
        "０１２３",
        "\0",
        "+",
        "0x",
        "GHA",
        "@",
        "°",
        "N48°",
        "(",
        ")",
        "{}",
        "::",
        "1٣٤",
        "ÑÑÑÑ900101AB1",
        "\u{10FFFF}",
    ]
    .iter()
    .map(|text| (*text).to_owned())
    .collect();
    texts.push(long);
    // Every form, cut at every character, and with a character beyond ASCII at every place.
    let mut random = Random(0xA076_1D64_78BD_642F);
    for (_, form) in RANDOM_FORMS {
        let text = candidate(form, &mut random);
        for at in 0..=text.len() {
            texts.push(text[..at].to_owned());
            texts.push(format!("{}ü{}", &text[..at], &text[at..]));
        }
    }
    for checksum in checksum::all() {
        for text in &texts {
            std::hint::black_box((checksum.check)(text));
        }
    }
}
