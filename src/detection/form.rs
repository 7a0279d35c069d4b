//! The value forms of all detectors, compiled: what a form demands, its validator and its context words.
//! One table feeds the column path and the text path; it does not know where values come from.

use super::trigger::{
    ByteSet, HEAD, Splits, Trigger, context_trigger, first_places, is_bare, literals_start_words,
    needed_literal, shaped, simplified, splits, trigger, widened,
};
use crate::detector::{Detectors, ValueForm, checksum};
use crate::taxonomy::DataType;
use memchr::memmem::Finder;
use regex_automata::meta::{Cache, Regex};
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use std::ops::Range;
use std::sync::OnceLock;

/// A value form with what is needed to test it.
pub(super) struct Form {
    /// Position of its detector in the table.
    pub detector: u16,
    /// What the detector finds.
    pub data_type: DataType,
    /// How sure a match alone makes us.
    pub probability: f64,
    /// A match means nothing without name or context.
    pub needs_context: bool,
    /// Share of random strings of this form that its validator lets pass; 1 without one.
    pub pass_rate: f64,
    /// Where to look for it in text.
    pub trigger: Trigger,
    /// Its literals can only stand where a word begins.
    pub starts_words: bool,
    /// Which digits and letters it tells apart.
    pub splits: Splits,
    /// Bytes at the first places of its matches.
    first: Box<[ByteSet; HEAD]>,
    /// A literal that each match holds.
    needed: Option<Finder<'static>>,
    /// Longest match in bytes.
    pub longest: usize,
    check: Option<fn(&str) -> bool>,
    hir: Hir,
    has_group: bool,
    /// Matches are digits alone.
    is_bare: bool,
    regex: OnceLock<Regex>,
    whole: OnceLock<Regex>,
}

/// Share of random digits that a validator may let pass for bare digits to be told without context: order numbers and
/// times are as long as most national numbers, and one in ten of them has the right check digit.
const LUCKY: f64 = 0.05;
/// Longest match of a pattern without a bound of its own.
const UNBOUNDED: usize = 4096;

impl Form {
    fn new(detector: usize, data_type: DataType, form: &ValueForm, hir: Hir) -> Self {
        let checksum = form.checksum.as_deref().and_then(checksum::find);
        let mut found_by = trigger(&hir);
        if found_by == Trigger::Anywhere && form.needs_context {
            found_by = context_trigger(&form.context);
        }
        Self {
            detector: u16::try_from(detector).expect("there are far fewer than 65,536 detectors"),
            data_type,
            probability: form.probability,
            needs_context: form.needs_context,
            pass_rate: checksum.map_or(1.0, |c| c.pass_rate),
            starts_words: literals_start_words(&hir, &found_by),
            splits: splits(&hir),
            first: Box::new(first_places(&hir)),
            needed: needed_literal(&hir).map(|literal| Finder::new(&literal).into_owned()),
            trigger: found_by,
            longest: hir
                .properties()
                .maximum_len()
                .unwrap_or(UNBOUNDED)
                .min(UNBOUNDED),
            check: checksum.map(|c| c.check),
            is_bare: is_bare(&hir),
            has_group: hir.properties().explicit_captures_len() > 0,
            hir,
            regex: OnceLock::new(),
            whole: OnceLock::new(),
        }
    }

    /// The pattern, compiled at first use: most forms are never met in one run.
    pub fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| compiled(&self.hir))
    }

    /// The wider pattern that whatever this one matches, matches too.
    pub fn widened(&self) -> Hir {
        widened(self.hir.clone())
    }

    /// The still wider pattern, whose matches depend on the shape of the text alone.
    pub fn shaped(&self) -> Hir {
        shaped(self.hir.clone())
    }

    /// Whether a match can begin at a place, judged by its first bytes.
    #[inline]
    pub fn may_begin(&self, text: &[u8], at: usize) -> bool {
        let bytes = text[at..].iter().zip(self.first.iter());
        bytes.take(HEAD).all(|(byte, set)| set.contains(*byte))
    }

    /// Whether a part of a text has what each match must hold.
    pub fn may_be_in(&self, part: &[u8]) -> bool {
        self.needed
            .as_ref()
            .is_none_or(|needed| needed.find(part).is_some())
    }

    /// Whether a match alone, without any context, can be worth telling.
    pub fn is_open(&self) -> bool {
        !self.needs_context && self.probability >= 0.3 && !(self.is_bare && self.pass_rate > LUCKY)
    }

    /// Whether the validator, if there is one, accepts what the pattern matched.
    pub fn is_valid(&self, matched: &[u8]) -> bool {
        let Some(check) = self.check else { return true };
        let Ok(text) = std::str::from_utf8(matched) else {
            return false;
        };
        // As URLs carry the sign; the validators know it only as itself.
        if text.contains("%40") {
            check(&text.replacen("%40", "@", 1))
        } else {
            check(text)
        }
    }

    /// The pattern between the ends of a value, compiled at first use.
    pub fn whole_regex(&self) -> &Regex {
        self.whole.get_or_init(|| {
            let ends = [
                Hir::look(Look::Start),
                self.hir.clone(),
                Hir::look(Look::End),
            ];
            compiled(&Hir::concat(ends.to_vec()))
        })
    }

    /// Whether the pattern spans the whole trimmed value, valid or not; `cache` belongs to `whole_regex`.
    pub fn has_pattern(&self, value: &[u8], cache: &mut Cache) -> bool {
        let input = Input::new(value).anchored(Anchored::Yes).earliest(true);
        self.whole_regex().search_half_with(cache, &input).is_some()
    }

    /// Calls `found` with each match inside a part of a text, the text around it in sight.
    pub fn matches(
        &self,
        text: &[u8],
        part: Range<usize>,
        cache: &mut Cache,
        found: &mut dyn FnMut(Range<usize>),
    ) {
        let mut at = part.start;
        while at < part.end {
            let input = Input::new(text).range(at..part.end);
            let Some(next) = self.regex().search_with(cache, &input) else {
                return;
            };
            found(next.range());
            at = next.end().max(next.start() + 1);
        }
    }

    /// The part of a match that is the value: its group `value`, else all of it.
    pub fn value_part(&self, text: &[u8], matched: Range<usize>) -> Range<usize> {
        if !self.has_group {
            return matched;
        }
        let mut captures = self.regex().create_captures();
        let input = Input::new(text)
            .range(matched.clone())
            .anchored(Anchored::Yes);
        self.regex().search_captures(&input, &mut captures);
        captures
            .get_group_by_name("value")
            .map_or(matched, |group| group.range())
    }
}

fn compiled(hir: &Hir) -> Regex {
    let config = Regex::config().utf8_empty(false);
    let built = Regex::builder().configure(config).build_from_hir(hir);
    built.expect("patterns of users are compiled when loaded, built-in ones by a test")
}

/// The forms of all detectors, in the order of the table.
pub(super) struct Forms {
    all: Vec<Form>,
}

impl Forms {
    /// Gathers the forms of a table.
    pub fn new(detectors: &Detectors) -> Self {
        let all_digits = regex_syntax::parse(r"\d").expect("valid");
        let HirKind::Class(Class::Unicode(all_digits)) = all_digits.into_kind() else {
            unreachable!("in Unicode mode it is a class of characters")
        };
        let mut all = Vec::new();
        for (index, detector) in detectors.iter().enumerate() {
            for form in &detector.values {
                let hir = regex_syntax::parse(&form.pattern)
                    .expect("loading a detector parses its patterns");
                let hir = simplified(hir, &all_digits);
                all.push(Form::new(index, detector.data_type, form, hir));
            }
        }
        Self { all }
    }

    /// All forms.
    pub fn all(&self) -> &[Form] {
        &self.all
    }

    /// The form at a position.
    pub fn get(&self, index: u16) -> &Form {
        &self.all[usize::from(index)]
    }
}

/// The search memory of each form, made when first needed; one a thread.
#[derive(Default)]
pub(super) struct Caches(Vec<Option<Cache>>);

impl Caches {
    /// The memory for one regular expression a form; always the same one.
    pub fn of(&mut self, index: u16, regex: &Regex) -> &mut Cache {
        let index = usize::from(index);
        if self.0.len() <= index {
            self.0.resize_with(index + 1, || None);
        }
        self.0[index].get_or_insert_with(|| regex.create_cache())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> Forms {
        Forms::new(&Detectors::built_in().expect("the built-in detectors load"))
    }

    #[test]
    fn every_built_in_pattern_compiles() {
        let forms = built_in();
        assert!(!forms.all().is_empty());
        for form in forms.all() {
            form.regex();
            form.whole_regex();
        }
    }

    #[test]
    fn no_built_in_pattern_is_searched_everywhere() {
        let detectors = Detectors::built_in().expect("the built-in detectors load");
        for form in built_in().all() {
            let id = &detectors.get(usize::from(form.detector)).id;
            assert_ne!(form.trigger, Trigger::Anywhere, "{id}: {}", form.hir);
        }
    }
}
