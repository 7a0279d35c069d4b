//! What other vocabularies call a data type. Read from `detectors/crosswalk.csv`.

use crate::taxonomy::DataType;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Names by vocabulary, by data type.
static TABLE: LazyLock<BTreeMap<String, BTreeMap<DataType, Vec<String>>>> = LazyLock::new(|| {
    let mut reader =
        csv::Reader::from_reader(include_bytes!("../../detectors/crosswalk.csv").as_slice());
    let header = reader
        .headers()
        .expect("the built-in table is read by a test")
        .clone();
    let mut table: BTreeMap<String, BTreeMap<DataType, Vec<String>>> = BTreeMap::new();
    for row in reader.records() {
        let row = row.expect("the built-in table is read by a test");
        let Some(data_type) = row.get(0).and_then(DataType::from_key) else {
            continue;
        };
        for (vocabulary, cell) in header.iter().zip(&row).skip(1) {
            let names = cell
                .split(';')
                .filter(|name| !name.is_empty())
                .map(str::to_owned);
            table
                .entry(vocabulary.to_owned())
                .or_default()
                .insert(data_type, names.collect());
        }
    }
    table
});

/// The names of a data type in a vocabulary (a column of the table), the nearest first.
pub fn names(vocabulary: &str, data_type: DataType) -> &'static [String] {
    TABLE
        .get(vocabulary)
        .and_then(|table| table.get(&data_type))
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_data_type_has_its_names() {
        for data_type in DataType::all() {
            assert!(!names("fideslang", data_type).is_empty(), "{data_type}");
            assert!(!names("dpv_pd", data_type).is_empty(), "{data_type}");
        }
        let email = DataType::from_key("contact.email").expect("known");
        assert_eq!(names("fideslang", email)[0], "user.contact.email");
    }
}
