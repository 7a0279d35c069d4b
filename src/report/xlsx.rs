//! `xlsx`: the register as a workbook in the layout of an authority, with the inventory, the evidence and the gaps beside it.

use super::layout_cell::Layout;
use super::profile::{self, Profile};
use super::register_cell::CellWriter;
use super::wording::Wording;
use super::xlsx_page::{Names, Styles};
use super::{Options, Report, Subject, xlsx_aside, xlsx_card, xlsx_table};
use crate::inventory::Inventory;
use crate::register::Register;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The report.
pub struct Xlsx;

/// Its entry in the list of reports.
pub static REPORT: Xlsx = Xlsx;

impl Report for Xlsx {
    fn format(&self) -> &'static str {
        "xlsx"
    }

    fn endings(&self) -> &'static [&'static str] {
        &["xlsx"]
    }

    fn renders(&self, subject: &Subject<'_>) -> bool {
        matches!(subject, Subject::Register(..))
    }

    fn write(
        &self,
        subject: &Subject<'_>,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Subject::Register(register, inventory) = subject else {
            return Ok(());
        };
        let bytes =
            workbook(register, inventory, profile_of(options)?).map_err(io::Error::other)?;
        out.write_all(&bytes)
    }
}

/// The layout that the user chose.
pub fn profile_of(options: &Options) -> io::Result<&'static Profile> {
    profile::find(&options.profile).ok_or_else(|| {
        let known: Vec<&str> = profile::all().iter().map(|p| p.id.as_str()).collect();
        let text = format!(
            "there is no profile `{}`; there are: {}",
            options.profile,
            known.join(", ")
        );
        io::Error::new(io::ErrorKind::InvalidInput, text)
    })
}

/// What the sheets of a workbook share.
pub struct Book<'a> {
    /// The register, with the activities of the layout only.
    pub register: &'a Register,
    /// The inventory behind it.
    pub inventory: &'a Inventory,
    /// The layout.
    pub profile: &'a Profile,
    /// Its language.
    pub wording: &'static Wording,
    /// Puts cells into words.
    pub cells: CellWriter<'a>,
    /// Styles.
    pub styles: Styles,
    /// Range of each drop-down list on the hidden sheet.
    pub lists: BTreeMap<String, String>,
}

impl<'a> Book<'a> {
    /// The register in the layout.
    pub fn layout(&self) -> Layout<'a> {
        Layout {
            register: self.register,
            profile: self.profile,
            wording: self.wording,
            cells: self.cells,
        }
    }
}

fn workbook(
    register: &Register,
    inventory: &Inventory,
    profile: &Profile,
) -> Result<Vec<u8>, XlsxError> {
    let register = register.of_role(|role| profile.roles.includes(role));
    let wording = Wording::of(&profile.language);
    let lists = lists(profile, wording);
    let book = Book {
        register: &register,
        inventory,
        profile,
        wording,
        cells: CellWriter {
            register: &register,
            wording,
        },
        styles: Styles::default(),
        lists: xlsx_aside::ranges(&lists),
    };
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(&register, profile));
    let mut names = Names::default();
    xlsx_aside::read_me(&mut workbook, &mut names, &book)?;
    for sheet in &profile.sheets {
        match (sheet.each, sheet.columns.is_empty()) {
            (true, _) => xlsx_card::each(&mut workbook, &mut names, &book, sheet)?,
            (false, true) => xlsx_card::cover(&mut workbook, &mut names, &book, sheet)?,
            (false, false) => xlsx_table::table(&mut workbook, &mut names, &book, sheet)?,
        }
    }
    xlsx_aside::conflicts(&mut workbook, &mut names, &book)?;
    xlsx_aside::organisation(&mut workbook, &mut names, &book)?;
    xlsx_aside::gaps(&mut workbook, &mut names, &book)?;
    xlsx_aside::evidence(&mut workbook, &mut names, &book)?;
    xlsx_aside::inventory(&mut workbook, &mut names, &book)?;
    xlsx_aside::lists(&mut workbook, &mut names, &book.styles, &lists)?;
    workbook.save_to_buffer()
}

/// Equal input gives equal bytes: the date is that of `SOURCE_DATE_EPOCH`, else of the newest activity, else of the register.
fn properties(register: &Register, profile: &Profile) -> DocProperties {
    let epoch = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|seconds| seconds.parse::<i64>().ok());
    let day = register
        .newest_date()
        .map_or(register.as_of.as_str(), |date| date.as_str());
    let of_day = || ExcelDateTime::parse_from_str(&format!("{day}T00:00:00")).ok();
    let created = epoch
        .and_then(|seconds| ExcelDateTime::from_timestamp(seconds).ok())
        .or_else(of_day)
        .unwrap_or_default();
    let author = register.organisation.name.clone().unwrap_or_default();
    DocProperties::new()
        .set_title(&profile.title)
        .set_author(author)
        .set_creation_datetime(&created)
}

/// The drop-down lists that the layout uses, by name.
fn lists(profile: &Profile, wording: &Wording) -> BTreeMap<String, Vec<String>> {
    let of_columns = profile
        .sheets
        .iter()
        .flat_map(|s| &s.columns)
        .filter_map(|c| c.choices.as_ref());
    let blocks = || profile.sheets.iter().flat_map(|s| &s.blocks);
    let of_rows = blocks()
        .flat_map(|b| &b.rows)
        .filter_map(|r| r.choices.as_ref());
    let of_items = blocks()
        .filter_map(|b| b.items.as_ref())
        .filter_map(|i| i.choices.as_ref());
    let used: BTreeSet<&String> = of_columns.chain(of_rows).chain(of_items).collect();
    let words = |name: &String| match profile.lists.get(name) {
        Some(own) => own.clone(),
        None => super::wording::ids(name)
            .into_iter()
            .filter(|id| *id != "client")
            .map(|id| wording.label(name, id))
            .collect(),
    };
    used.into_iter()
        .map(|name| (name.clone(), words(name)))
        .collect()
}
