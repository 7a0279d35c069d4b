//! The languages that code is read in: how each writes comments, strings, blocks and imports, as one table.
//! Knows nothing of what code does.

/// How values stand inside strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// They do not.
    None,
    /// `${x}` and, where `bare`, `$x`.
    Dollar {
        /// Without braces, too.
        bare: bool,
    },
    /// `#{x}`.
    Hash,
    /// `{x}`, in strings with a prefix.
    Brace,
    /// `\(x)`.
    Backslash,
}

/// What holds a block together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocks {
    /// Braces.
    Braces,
    /// Indentation.
    Indent,
    /// A word at the end.
    End,
}

/// A language.
#[derive(Debug)]
pub struct Language {
    /// Its name, the `format` of the inventory.
    pub name: &'static str,
    /// Endings of its files.
    pub endings: &'static [&'static str],
    /// Where its packages come from.
    pub ecosystem: &'static str,
    /// What begins a comment that ends with its line.
    pub line_comments: &'static [&'static str],
    /// What encloses a comment.
    pub block_comment: Option<(&'static str, &'static str)>,
    /// What encloses strings, the longest first; the second says whether they go on over lines.
    pub quotes: &'static [(&'static str, bool)],
    /// How values stand inside strings.
    pub interpolation: Interpolation,
    /// What holds a block together.
    pub blocks: Blocks,
    /// `/…/` is a regular expression where a value may stand.
    pub has_regex: bool,
}

const SLASHES: &[&str] = &["//"];
const STARS: Option<(&str, &str)> = Some(("/*", "*/"));
const PLAIN: &[(&str, bool)] = &[("\"", false), ("'", false)];
const TRIPLE: &[(&str, bool)] = &[("\"\"\"", true), ("\"", false), ("'", false)];

/// Every language.
pub static LANGUAGES: &[Language] = &[
    Language {
        name: "python",
        endings: &["py", "pyi"],
        ecosystem: "pypi",
        line_comments: &["#"],
        block_comment: None,
        quotes: &[("\"\"\"", true), ("'''", true), ("\"", false), ("'", false)],
        interpolation: Interpolation::Brace,
        blocks: Blocks::Indent,
        has_regex: false,
    },
    Language {
        name: "javascript",
        endings: &["js", "jsx", "mjs", "cjs"],
        ecosystem: "npm",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: &[("`", true), ("\"", false), ("'", false)],
        interpolation: Interpolation::Dollar { bare: false },
        blocks: Blocks::Braces,
        has_regex: true,
    },
    Language {
        name: "typescript",
        endings: &["ts", "tsx", "mts", "cts", "vue", "svelte"],
        ecosystem: "npm",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: &[("`", true), ("\"", false), ("'", false)],
        interpolation: Interpolation::Dollar { bare: false },
        blocks: Blocks::Braces,
        has_regex: true,
    },
    Language {
        name: "java",
        endings: &["java"],
        ecosystem: "maven",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: TRIPLE,
        interpolation: Interpolation::None,
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "kotlin",
        endings: &["kt"],
        ecosystem: "maven",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: TRIPLE,
        interpolation: Interpolation::Dollar { bare: true },
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "scala",
        endings: &["scala", "groovy"],
        ecosystem: "maven",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: TRIPLE,
        interpolation: Interpolation::Dollar { bare: true },
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "go",
        endings: &["go"],
        ecosystem: "go",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: &[("`", true), ("\"", false), ("'", false)],
        interpolation: Interpolation::None,
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "ruby",
        endings: &["rb", "rake"],
        ecosystem: "gem",
        line_comments: &["#"],
        block_comment: None,
        quotes: &[("\"", true), ("'", true)],
        interpolation: Interpolation::Hash,
        blocks: Blocks::End,
        has_regex: true,
    },
    Language {
        name: "php",
        endings: &["php", "phtml"],
        ecosystem: "packagist",
        line_comments: &["//", "#"],
        block_comment: STARS,
        quotes: &[("\"", true), ("'", true)],
        interpolation: Interpolation::Dollar { bare: true },
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "csharp",
        endings: &["cs"],
        ecosystem: "nuget",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: TRIPLE,
        interpolation: Interpolation::Brace,
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "rust",
        endings: &["rs"],
        ecosystem: "cargo",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: &[("\"", true)],
        interpolation: Interpolation::Brace,
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "swift",
        endings: &["swift"],
        ecosystem: "cocoapods",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: &[("\"\"\"", true), ("\"", false)],
        interpolation: Interpolation::Backslash,
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "dart",
        endings: &["dart"],
        ecosystem: "pub",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: &[("\"\"\"", true), ("'''", true), ("\"", false), ("'", false)],
        interpolation: Interpolation::Dollar { bare: true },
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "c",
        endings: &["c", "h", "cc", "cpp", "hpp", "m", "mm"],
        ecosystem: "cocoapods",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: PLAIN,
        interpolation: Interpolation::None,
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "elixir",
        endings: &["ex", "exs"],
        ecosystem: "hex",
        line_comments: &["#"],
        block_comment: None,
        quotes: &[("\"\"\"", true), ("\"", true), ("'", true)],
        interpolation: Interpolation::Hash,
        blocks: Blocks::End,
        has_regex: false,
    },
    Language {
        name: "protobuf",
        endings: &["proto"],
        ecosystem: "",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: PLAIN,
        interpolation: Interpolation::None,
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "graphql",
        endings: &["graphql", "gql", "graphqls"],
        ecosystem: "",
        line_comments: &["#"],
        block_comment: None,
        quotes: &[("\"\"\"", true), ("\"", false)],
        interpolation: Interpolation::None,
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "thrift",
        endings: &["thrift"],
        ecosystem: "",
        line_comments: &["//", "#"],
        block_comment: STARS,
        quotes: PLAIN,
        interpolation: Interpolation::None,
        blocks: Blocks::Braces,
        has_regex: false,
    },
    Language {
        name: "cds",
        endings: &["cds"],
        ecosystem: "",
        line_comments: SLASHES,
        block_comment: STARS,
        quotes: PLAIN,
        interpolation: Interpolation::None,
        blocks: Blocks::Braces,
        has_regex: false,
    },
];

/// Terraform's, which a reader of its own asks for.
pub static HCL: Language = Language {
    name: "hcl",
    endings: &[],
    ecosystem: "",
    line_comments: &["#", "//"],
    block_comment: STARS,
    quotes: &[("\"", false)],
    interpolation: Interpolation::Dollar { bare: false },
    blocks: Blocks::Braces,
    has_regex: false,
};

/// The language of files with an ending.
pub fn of_ending(ending: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|l| l.endings.contains(&ending))
}
