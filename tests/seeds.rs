use chrono::NaiveDate;
use treatywatch::catalogue;
use treatywatch::domain::project::project;

#[test]
fn show() {
    let catalogue = match catalogue::embedded() {
        Ok(c) => c,
        Err(e) => panic!("{e}"),
    };
    for (id, entry) in &catalogue.treaties {
        let p = project(&entry.treaty, &entry.acts, NaiveDate::MAX);
        println!("== {id} acts {}", entry.acts.len());
        for life in &p.readings {
            for s in &life.treaty {
                println!(
                    "   {} {} {} .. {:?} {:?}",
                    life.reading, s.status, s.starts_on, s.ends_before, s.reason.rule
                );
            }
            println!("   {:?}", life.counts.last());
            for o in &life.overlays {
                if entry.acts.len() < 30 || o.state.is_some() {
                    println!(
                        "   overlay {} {:?} {:?} {}..{:?}",
                        o.kind, o.state, o.jointly, o.starts_on, o.ends_before
                    );
                }
            }
        }
        if entry.acts.len() < 30 {
            for (s, sp) in &p.default_life().states {
                println!(
                    "   {s}: {}",
                    sp.iter().map(|x| format!("{} {}", x.starts_on, x.status)).collect::<Vec<_>>().join(", ")
                );
            }
        }
        for d in p.dates.iter().filter(|d| d.state.is_none() || entry.acts.len() < 60) {
            println!("   date {} {} {} {}", d.id, d.on, d.certainty, d.reading);
        }
        if let Some(x) = &p.progress {
            println!("   progress {} {:?}", x.needed, x.steps.last());
        }
    }
}

#[test]
fn verify_all() {
    let catalogue = match catalogue::embedded() {
        Ok(c) => c,
        Err(e) => panic!("{e}"),
    };
    let entries = treatywatch::domain::verify::computed_entries(
        catalogue.treaties.values().map(|e| (&e.treaty, e.acts.as_slice())),
    );
    for entry in catalogue.treaties.values() {
        for f in
            treatywatch::domain::verify::verify(&entry.treaty, &entry.acts, &|id| entries.get(id).copied())
        {
            println!(
                "{:24} {:44} {:30} {:?} {:?} {} {:?}",
                f.treaty, f.what, f.article, f.computed, f.recorded, f.agreement, f.explanation
            );
        }
    }
}
