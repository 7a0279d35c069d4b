//! Whether somebody speaks of himself in a text: letters, tickets and reviews against descriptions of things.
//! Knows the words for "I", "me" and "my" in ten languages; not who speaks.

/// Words for the speaker, and turns to whom he speaks, lower case; sorted.
#[rustfmt::skip]
const WORDS: &[&str] = &[
    "estou", "estoy", "eu", "gracias", "grazie", "i", "i'd", "i'll", "i'm", "i've", "ich", "ik", "io", "jag", "je", "me", "mein", "meine", "meinen", "meiner", "mes", "meu", "meus", "mi", "mich", "mig", "mij", "mijn", "minha", "mio", "mir", "mis", "mitt", "mnie", "mną", "moi", "moje", "mojej", "mon", "my", "mój", "obrigado", "please", "proszę", "quiero", "thank", "thanks", "uns", "unser", "vielen", "vorrei", "we", "wir", "yo",
];

/// Whether a text has a word for the speaker.
pub(super) fn speaks(text: &str) -> bool {
    let is_word = |word: &str| {
        let word = word.to_lowercase();
        let word = word.trim_matches(|c: char| !c.is_alphabetic());
        WORDS.binary_search(&word).is_ok()
            || ["j'", "m'", "j’", "m’"]
                .iter()
                .any(|start| word.starts_with(start))
    };
    text.split_whitespace().take(80).any(is_word)
        || ["私", "ください", "お願い", "ました", "です"]
            .iter()
            .any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speakers_are_told_from_descriptions() {
        assert!(WORDS.is_sorted());
        assert!(speaks("I have not received my parcel"));
        assert!(speaks("Je n'ai toujours pas reçu mon colis"));
        assert!(speaks("荷物がまだ届いていません。連絡をお願いします"));
        assert!(!speaks(
            "Sturdy table with oiled finish, suitable for outdoor use"
        ));
        assert!(!speaks("started worker 3 of 8"));
    }
}
