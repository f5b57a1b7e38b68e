//! The JSON Schema of treaty.toml says what the reader says.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::{Map, Value};
use treatywatch::catalogue;

/// The part of JSON Schema that ours is written in. Any other keyword fails the test.
struct Schema {
    root: Value,
}

impl Schema {
    fn new() -> Self {
        Self { root: catalogue::schema() }
    }

    fn check(&self, text: &str) -> Result<(), String> {
        let value = json(toml::Value::Table(text.parse().unwrap()));
        self.admits(&self.root, &value, "")
    }

    /// Whether a value is admitted; `path` says where it stands.
    fn admits(&self, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
        for (keyword, rule) in schema.as_object().unwrap() {
            let is_admitted = match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "default" | "format" => true,
                "$ref" => {
                    let pointer = rule.as_str().unwrap().trim_start_matches('#');
                    self.admits(self.root.pointer(pointer).unwrap(), value, path)?;
                    true
                }
                "anyOf" => rule.as_array().unwrap().iter().any(|one| self.admits(one, value, path).is_ok()),
                "type" => match rule {
                    Value::Array(types) => types.iter().any(|one| is_of_type(value, one)),
                    one => is_of_type(value, one),
                },
                "enum" => rule.as_array().unwrap().contains(value),
                "pattern" => {
                    let pattern = Regex::new(rule.as_str().unwrap()).unwrap();
                    value.as_str().is_none_or(|text| pattern.is_match(text))
                }
                "minimum" => value.as_i64().is_none_or(|number| rule.as_i64().unwrap() <= number),
                "required" => {
                    rule.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some())
                }
                "items" => {
                    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.admits(rule, item, &format!("{path}/{at}"))?;
                    }
                    true
                }
                "properties" => {
                    for (key, item) in value.as_object().into_iter().flatten() {
                        if let Some(rule) = rule.get(key) {
                            self.admits(rule, item, &format!("{path}/{key}"))?;
                        }
                    }
                    true
                }
                "patternProperties" => {
                    for (key, item) in value.as_object().into_iter().flatten() {
                        for rule in patterned(schema, key) {
                            self.admits(rule, item, &format!("{path}/{key}"))?;
                        }
                    }
                    true
                }
                "additionalProperties" => {
                    for (key, item) in value.as_object().into_iter().flatten() {
                        let is_named = schema.get("properties").is_some_and(|known| known.get(key).is_some());
                        let is_known = is_named || !patterned(schema, key).is_empty();
                        match rule {
                            Value::Bool(false) if !is_known => {
                                return Err(format!("{path}: unknown key {key}"));
                            }
                            Value::Object(_) if !is_known => {
                                self.admits(rule, item, &format!("{path}/{key}"))?;
                            }
                            _ => {}
                        }
                    }
                    true
                }
                other => panic!("{path}: this test knows no keyword {other}"),
            };
            if !is_admitted {
                return Err(format!("{path}: {keyword}"));
            }
        }
        Ok(())
    }
}

/// The rules for a key whose shape the schema describes.
fn patterned<'a>(schema: &'a Value, key: &str) -> Vec<&'a Value> {
    let patterns = schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
    patterns.filter(|(pattern, _)| Regex::new(pattern).unwrap().is_match(key)).map(|(_, rule)| rule).collect()
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("this test knows no type {other}"),
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
    assert_eq!(count, 36);
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
        ("basis = \"memory\"", "basis = \"hearsay\""),
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
