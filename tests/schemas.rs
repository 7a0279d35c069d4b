//! The published JSON Schemas are those of the types; `UPDATE=1 cargo test --test schemas` writes them anew.

use ropa::cli::schema::Document;
use std::path::Path;

#[test]
fn published_schemas_equal_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas");
    for (document, file) in Document::ALL {
        let path = folder.join(file);
        let schema =
            serde_json::to_string_pretty(&document.schema()).expect("a schema is JSON") + "\n";
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &schema).expect("docs/schemas is writable");
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            published == schema,
            "{file} is not what the types say; run UPDATE=1 cargo test --test schemas and read the change"
        );
    }
}
