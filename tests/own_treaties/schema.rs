//! The JSON Schema of treaty.toml says what the reader says.

use std::fs;
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Map, Value};
use treatywatch::catalogue;

struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn new() -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("treaty.json", catalogue::schema()).unwrap();
        let index = compiler.compile("treaty.json", &mut schemas).unwrap();
        Self { schemas, index }
    }

    fn check(&self, text: &str) -> Result<(), String> {
        let value = json(toml::Value::Table(text.parse().unwrap()));
        self.schemas.validate(&value, self.index).map_err(|error| format!("{error:#}"))
    }
}

/// A TOML value as an editor shows it to a schema: a date is a string.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(day) => Value::String(day.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(key, value)| (key, json(value))).collect::<Map<_, _>>())
        }
    }
}

#[test]
fn every_seed_follows_the_schema() {
    let schema = Schema::new();
    let mut count = 0;
    for root in ["seeds/treaties", "tests/fixtures/ministry/treaties"] {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(root)).unwrap() {
            let path = entry.unwrap().path().join("treaty.toml");
            let checked = schema.check(&fs::read_to_string(&path).unwrap());
            assert_eq!(checked, Ok(()), "{}", path.display());
            count += 1;
        }
    }
    assert_eq!(count, 28);
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    let schema = Schema::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/ministry/treaties/alia-boria-fishing/treaty.toml");
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(schema.check(&text), Ok(()));
    let changes = [
        ("form = ", "fromm = "),
        ("article = \"7\"", "artikel = \"7\""),
        ("kind = \"signature\"", "kind = \"signing\""),
        ("kind = \"withdrawal\"", "kind = \"leaving\""),
        ("notice = \"P1Y\"", "notice = \"one year\""),
        ("on = 2016-02-29", "on = \"29.2.2016\""),
        ("basis = \"memory\"", ""),
        ("states = [\"BOR\"]", "states = [\"boria\"]"),
        ("facts_as_of = 2024-12-31", ""),
        ("id = \"alia-boria-fishing\"", "id = \"Fishing\""),
    ];
    for (from, to) in changes {
        assert!(schema.check(&text.replacen(from, to, 1)).is_err(), "{to}");
    }
}

#[test]
fn the_schema_describes_every_key() {
    let schema = catalogue::schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let definitions = schema["$defs"].as_object().unwrap();
    for (name, definition) in
        definitions.iter().map(|(name, value)| (name.as_str(), value)).chain([("", &schema)])
    {
        for (key, value) in definition["properties"].as_object().into_iter().flatten() {
            assert!(value["description"].as_str().is_some_and(|text| text.len() > 3), "{name}.{key}");
        }
    }
}
