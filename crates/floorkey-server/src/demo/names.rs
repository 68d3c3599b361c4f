//! Names for the demo's users. The names are plausible and from various cultures. They are the same in every demo.

const GIVEN: [&str; 64] = [
    "Ana",
    "Tomás",
    "Aoife",
    "Piotr",
    "Beatriz",
    "Ciarán",
    "Zofia",
    "Duarte",
    "Niamh",
    "Marek",
    "Inês",
    "Oisín",
    "Kasia",
    "Rui",
    "Saoirse",
    "Paweł",
    "Marta",
    "Declan",
    "Agnieszka",
    "Gonçalo",
    "Róisín",
    "Jakub",
    "Leonor",
    "Conor",
    "Magda",
    "Adaeze",
    "Yusuf",
    "Priya",
    "Mateus",
    "Hanna",
    "Kwame",
    "Lucía",
    "Dmytro",
    "Amina",
    "Bruno",
    "Ewa",
    "Samir",
    "Clara",
    "Ifeoma",
    "Nuno",
    "Sinéad",
    "Tadeusz",
    "Leila",
    "Vasco",
    "Grainne",
    "Oleksandra",
    "Rafael",
    "Basia",
    "Chidi",
    "Joana",
    "Emeka",
    "Wanda",
    "Filipe",
    "Noor",
    "Lorcan",
    "Ola",
    "Diogo",
    "Teresa",
    "Anjali",
    "Viktor",
    "Helena",
    "Cormac",
    "Miriam",
    "Szymon",
];

const FAMILY: [&str; 72] = [
    "Almeida",
    "Byrne",
    "Nowak",
    "Carvalho",
    "Doyle",
    "Kowalska",
    "Duarte",
    "Fitzgerald",
    "Wójcik",
    "Esteves",
    "Gallagher",
    "Lewandowska",
    "Fonseca",
    "Hennessy",
    "Zieliński",
    "Gomes",
    "Kavanagh",
    "Mazur",
    "Henriques",
    "Lynch",
    "Krawczyk",
    "Iglesias",
    "McCarthy",
    "Piotrowska",
    "Jardim",
    "Nolan",
    "Grabowski",
    "Lopes",
    "O'Brien",
    "Pawlak",
    "Machado",
    "Okonkwo",
    "Michalska",
    "Neves",
    "Quinlan",
    "Król",
    "Oliveira",
    "Rahman",
    "Wieczorek",
    "Pacheco",
    "Sheehan",
    "Jabłońska",
    "Quintela",
    "Twomey",
    "Adamczyk",
    "Ramos",
    "Adeyemi",
    "Sikora",
    "Saraiva",
    "Walsh",
    "Baran",
    "Teixeira",
    "Chaudhary",
    "Duda",
    "Vieira",
    "Coughlan",
    "Szewczyk",
    "Xavier",
    "Mensah",
    "Bondarenko",
    "Barros",
    "Crowley",
    "Kaczmarek",
    "Figueira",
    "Mulcahy",
    "Tomaszewska",
    "Pinheiro",
    "Haddad",
    "Sobczak",
    "Moura",
    "Keane",
    "Wilk",
];

/// Returns pairs of given and family names, always in the same order. Consecutive pairs have different names, because
/// the step size and the length of each list have no common factor. The pairs repeat after 576 pairs.
pub(super) fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    (0..).map_while(|at: usize| {
        let given = GIVEN.get(at * 11 % GIVEN.len())?;
        let family = FAMILY.get(at * 17 % FAMILY.len())?;
        Some((*given, *family))
    })
}

/// Returns a login name that consists of a given name, a dot and a family name, in lowercase ASCII letters.
pub(super) fn login(given: &str, family: &str) -> String {
    format!("{}.{}", plain(given), plain(family))
}

fn plain(name: &str) -> String {
    let letter = |c: char| match c.to_ascii_lowercase() {
        'á' | 'ã' | 'ą' => Some('a'),
        'ç' | 'ć' => Some('c'),
        'é' | 'ê' | 'ę' => Some('e'),
        'í' => Some('i'),
        'ł' => Some('l'),
        'ń' => Some('n'),
        'ó' => Some('o'),
        'ś' => Some('s'),
        'ú' => Some('u'),
        'ź' | 'ż' => Some('z'),
        c if c.is_ascii_lowercase() => Some(c),
        _ => None,
    };
    name.chars().filter_map(letter).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn three_hundred_users_have_unique_logins() {
        let logins: BTreeSet<String> = names().take(300).map(|(given, family)| login(given, family)).collect();
        assert_eq!(logins.len(), 300);
        assert!(logins.iter().all(|login| login.bytes().all(|b| b.is_ascii_lowercase() || b == b'.')), "{logins:?}");
        for name in GIVEN.iter().chain(&FAMILY) {
            let letters = name.chars().filter(|c| c.is_alphabetic()).count();
            assert_eq!(plain(name).len(), letters, "{name} has a letter that logins have none for");
        }
    }

    #[test]
    fn a_login_is_ascii() {
        assert_eq!(login("Gonçalo", "O'Brien"), "goncalo.obrien");
        assert_eq!(login("Paweł", "Jabłońska"), "pawel.jablonska");
    }
}
