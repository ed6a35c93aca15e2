//! Names like those of C++: namespaces, nested templates, parameters, and the same phrases again
//! and again among neighbours, which is why real names of 430 bytes compress to a seventh.

use crate::random::{Random, Topic};
use crate::symbols::profile::{Fit, LONGEST_NAME};
use crate::symbols::words::{PLACES, PLAIN_TYPES, TEMPLATES, VERBS, WORDS};
use crate::text::text;

/// Classes, and types made of them, that a vocabulary has.
const CLASSES: usize = 6;
/// Methods that a vocabulary has.
const METHODS: usize = 12;
/// Budgets below this get a type without arguments.
const SMALLEST_TEMPLATE: usize = 48;
/// Bytes by which names come out longer than they were to be.
const OVERSHOOT: usize = 25;
/// Bytes of a phrase that a vocabulary repeats.
const PHRASE: u64 = 150;

/// What neighbouring names are made of.
pub struct Vocabulary {
    index: u64,
    classes: Vec<String>,
    methods: Vec<String>,
    phrases: Vec<String>,
}

impl Vocabulary {
    /// The vocabulary number `index` of a file.
    pub fn new(seed: u64, index: u64) -> Self {
        let mut random = Random::new(seed, Topic::Vocabulary, index);
        let spaces = [namespace(&mut random), namespace(&mut random)];
        let class = |random: &mut Random| format!("{}::{}", random.pick(&spaces), camel(random));
        let mut vocabulary = Self {
            index,
            classes: (0..CLASSES).map(|_| class(&mut random)).collect(),
            methods: (0..METHODS).map(|_| method(&mut random)).collect(),
            phrases: Vec::new(),
        };
        for _ in 0..CLASSES {
            let mut phrase = Vec::new();
            let length = 40 + random.below(PHRASE) as usize;
            vocabulary.of_type(&mut random, &mut phrase, length);
            vocabulary
                .phrases
                .push(String::from_utf8_lossy(&phrase).into_owned());
        }
        vocabulary
    }

    /// Its number.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Appends a function's name of about the length that `fit` gives.
    pub fn function(&self, random: &mut Random, out: &mut Vec<u8>, fit: Fit) {
        let length = random.lognormal(fit.mean, fit.spread).min(LONGEST_NAME) as usize;
        let length = length.saturating_sub(OVERSHOOT);
        let end = out.len() + length;
        text(out, random.pick(&self.classes));
        if length > 2 * SMALLEST_TEMPLATE && random.percent(45) {
            out.push(b'<');
            self.list(random, out, length / 3);
            out.push(b'>');
        }
        text(out, "::");
        text(out, random.pick(&self.methods));
        self.parameters(random, out, end);
    }

    fn parameters(&self, random: &mut Random, out: &mut Vec<u8>, end: usize) {
        let room = end.saturating_sub(out.len());
        if room > SMALLEST_TEMPLATE && random.percent(25) {
            out.push(b'<');
            self.list(random, out, room / 2);
            out.push(b'>');
        }
        let room = end.saturating_sub(out.len() + 2);
        out.push(b'(');
        if room > 4 {
            self.list(random, out, room);
        }
        out.push(b')');
        match random.below(12) {
            0..3 => text(out, " const"),
            3 => text(out, "::{lambda()#1}::operator()() const"),
            4 => text(out, " [clone .isra.0]"),
            _ => {}
        }
    }

    fn list(&self, random: &mut Random, out: &mut Vec<u8>, length: usize) {
        let end = out.len() + length;
        loop {
            let room = end.saturating_sub(out.len());
            let share = room / (1 + random.below(3) as usize);
            self.of_type(random, out, share.max(4));
            if out.len() + 12 >= end {
                return;
            }
            text(out, ", ");
        }
    }

    fn of_type(&self, random: &mut Random, out: &mut Vec<u8>, length: usize) {
        if length < SMALLEST_TEMPLATE {
            self.small_type(random, out, length);
        } else if !self.phrases.is_empty() && random.percent(50) {
            text(out, random.pick(&self.phrases));
        } else {
            self.template(random, out, length);
        }
    }

    fn small_type(&self, random: &mut Random, out: &mut Vec<u8>, length: usize) {
        if length < 14 || random.percent(20) {
            text(out, random.pick(PLAIN_TYPES));
        } else {
            text(out, random.pick(&self.classes));
            text(out, random.pick(&["", "&", " const&", "*", "&&"]));
        }
    }

    fn template(&self, random: &mut Random, out: &mut Vec<u8>, length: usize) {
        let (before, between, behind) = random.pick(TEMPLATES);
        let around = before.len() + between.len() + behind.len();
        let repeats = if between.is_empty() { 1 } else { 2 };
        text(out, before);
        let start = out.len();
        self.of_type(random, out, length.saturating_sub(around) / repeats);
        let end = out.len();
        if repeats == 2 {
            text(out, between);
            out.extend_from_within(start..end);
        }
        text(out, behind);
    }
}

fn namespace(random: &mut Random) -> String {
    let outer = random.pick(&["mosaic", "mosaic", "mosaic", "js", "skyline", "webcore"]);
    match random.below(3) {
        0 => (*outer).to_owned(),
        1 => format!("{outer}::{}", random.pick(PLACES)),
        _ => format!("{outer}::{}::{}", random.pick(PLACES), random.pick(PLACES)),
    }
}

/// Two or three words run together, as names of classes and files are.
pub fn camel(random: &mut Random) -> String {
    let words = 2 + random.below(2);
    (0..words).map(|_| *random.pick(WORDS)).collect()
}

fn method(random: &mut Random) -> String {
    format!("{}{}", random.pick(VERBS), camel(random))
}
