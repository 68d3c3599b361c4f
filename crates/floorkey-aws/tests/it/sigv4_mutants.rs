//! Tests small changes to each of AWS's test vectors. A change to the signed text must be rejected, and any other
//! change must be accepted.

use std::collections::BTreeSet;

use crate::oracle;
use crate::request::{Request, vector_terms};
use crate::sigv4_vectors::{SIGNED_AT, Vector, vectors};

#[test]
fn mutants_are_judged_as_the_oracle_judges_them() {
    let vectors = vectors();
    let judged = std::thread::scope(|scope| {
        let halves = vectors.chunks(vectors.len().div_ceil(2));
        let threads: Vec<_> = halves.map(|half| scope.spawn(|| judge(half))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let (accepted, refused) = judged.into_iter().fold((0, 0), |(a, r), (more_a, more_r)| (a + more_a, r + more_r));
    assert!(accepted > 10_000, "only {accepted} harmless mutants");
    assert!(refused > 25_000, "only {refused} harmful mutants");
}

/// Checks that the verifier and the oracle agree on every changed request (mutant). Returns the numbers of accepted and
/// rejected mutants.
fn judge(vectors: &[Vector]) -> (usize, usize) {
    let (mut accepted, mut refused) = (0, 0);
    for vector in vectors {
        let terms = vector_terms(vector.normalize);
        for mutant in mutants(&vector.request) {
            let expected = oracle::accepts(&mutant, vector.normalize);
            let found = mutant.verify(SIGNED_AT, &terms);
            assert_eq!(found.is_ok(), expected, "{}: {mutant:?} gave {found:?}", vector.name);
            *(if expected { &mut accepted } else { &mut refused }) += 1;
        }
    }
    (accepted, refused)
}

/// Returns all distinct requests that differ from `request` by one small change.
fn mutants(request: &Request) -> BTreeSet<Request> {
    let mut found = BTreeSet::new();
    let mut add = |change: &dyn Fn(&mut Request)| {
        let mut mutant = request.clone();
        change(&mut mutant);
        // Requests that can't be sent over HTTP are skipped, because the verifier never receives them.
        if mutant.path.starts_with('/') && !mutant.headers.iter().any(|(_, v)| v.iter().any(u8::is_ascii_control)) {
            found.insert(mutant);
        }
    };
    for method in ["GET", "POST", "PUT", "DELETE", "get", ""] {
        add(&|mutant| mutant.method = method.to_owned());
    }
    for text in text_mutants(&request.path, '/') {
        add(&|mutant| mutant.path.clone_from(&text));
    }
    for text in text_mutants(&request.query, '&') {
        add(&|mutant| mutant.query.clone_from(&text));
    }
    for index in 0..request.headers.len() {
        header_mutants(request, index, &mut add);
    }
    add(&|mutant| mutant.headers.push(("X-Other".to_owned(), b"1".to_vec())));
    add(&|mutant| mutant.headers.push(("X-Amz-Other".to_owned(), b"1".to_vec())));
    for index in 0..request.body.len() {
        add(&|mutant| mutant.body[index] ^= 1);
    }
    add(&|mutant| mutant.body.push(b'x'));
    add(&|mutant| mutant.body.truncate(mutant.body.len().saturating_sub(1)));
    found.remove(request);
    found
}

/// A function that applies the given change to a copy of the request, and collects the changed copy.
type Add<'a> = dyn FnMut(&dyn Fn(&mut Request)) + 'a;

fn header_mutants(request: &Request, index: usize, add: &mut Add<'_>) {
    let (name, value) = &request.headers[index];
    add(&|mutant| drop(mutant.headers.remove(index)));
    add(&|mutant| mutant.headers.push(request.headers[index].clone()));
    add(&|mutant| mutant.headers[index].0 = name.to_uppercase());
    add(&|mutant| mutant.headers[index].0 = name.to_lowercase());
    add(&|mutant| mutant.headers.rotate_left(index));
    add(&|mutant| mutant.headers.swap(0, index));
    if name != "Authorization" {
        add(&|mutant| mutant.headers[index].1 = [b" \x20", value.as_slice(), b"  "].concat());
        add(&|mutant| {
            mutant.headers[index].1 = value.iter().flat_map(|&b| if b == b' ' { vec![b; 3] } else { vec![b] }).collect()
        });
    }
    for at in 0..value.len() {
        add(&|mutant| mutant.headers[index].1[at] ^= 1);
    }
    if let Some(before) = request.headers[..index].iter().rposition(|(other, _)| other.eq_ignore_ascii_case(name)) {
        add(&|mutant| {
            let (_, value) = mutant.headers.remove(index);
            mutant.headers[before].1 = [mutant.headers[before].1.trim_ascii(), b",", value.trim_ascii()].concat();
        });
    }
}

/// Returns variants of a path or query. In each variant, one part is removed, duplicated or swapped, or one character
/// is modified or percent-encoded.
fn text_mutants(text: &str, separator: char) -> Vec<String> {
    let parts: Vec<&str> = text.split(separator).collect();
    let join = |parts: &[&str]| parts.join(&separator.to_string());
    let mut found = vec![format!("{text}{separator}"), format!("{text}x")];
    for index in 0..parts.len() {
        let mut changed = parts.clone();
        changed.remove(index);
        found.push(join(&changed));
        changed = parts.clone();
        changed.insert(index, parts[index]);
        found.push(join(&changed));
        changed = parts.clone();
        changed.swap(0, index);
        found.push(join(&changed));
    }
    for (at, letter) in text.char_indices() {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] ^= 1;
        found.extend(String::from_utf8(bytes));
        if letter.is_ascii_alphanumeric() {
            let (before, after) = text.split_at(at);
            found.push(format!("{before}%{:02x}{}", letter as u32, after.strip_prefix(letter).unwrap()));
        }
    }
    found
}
