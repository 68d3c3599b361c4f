//! The Merkle tree over an instance's audit events (RFC 6962, section 2.1).
//!
//! Only the *frontier* is stored, which consists of the roots of the tree's perfect subtrees. The frontier has one hash
//! for each 1 bit in the binary number of events. Only the frontier is needed to append an event and to compute the
//! root of the tree.

use sha2::{Digest, Sha256};

use crate::Hash;

/// The hash of a leaf: SHA-256(0x00 ‖ format ‖ body).
pub fn leaf_hash(format: u8, body: &[u8]) -> Hash {
    Sha256::new().chain_update([0x00, format]).chain_update(body).finalize().into()
}

/// The frontier of a tree with `size` leaves: the roots of its perfect subtrees, largest subtree first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// The number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        let mut level = self.size;
        while level & 1 == 1 {
            let Some(left) = self.subtrees.pop() else { break };
            node = parent(&left, &node);
            level >>= 1;
        }
        self.subtrees.push(node);
        self.size += 1;
    }

    /// Returns the root of the tree. The root of a tree without leaves is the hash of the empty string.
    pub fn root(&self) -> Hash {
        let mut subtrees = self.subtrees.iter().rev();
        match subtrees.next() {
            Some(smallest) => subtrees.fold(*smallest, |right, left| parent(left, &right)),
            None => Sha256::digest([]).into(),
        }
    }

    /// Returns the frontier's stored form: the concatenated hashes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.subtrees.concat()
    }

    /// Parses the stored form of a frontier. Returns `None` if the number of hashes does not match the number of
    /// leaves.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (subtrees, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && subtrees.len() == size.count_ones() as usize;
        fits.then(|| Self { size, subtrees: subtrees.to_vec() })
    }
}

fn parent(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Computes the root by the recursive definition in RFC 6962.
    fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            more => {
                let split = more.len().next_power_of_two() / 2;
                parent(&naive_root(&more[..split]), &naive_root(&more[split..]))
            }
        }
    }

    fn frontier(leaves: &[Hash]) -> Frontier {
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|leaf| frontier.push(*leaf));
        frontier
    }

    proptest! {
        #[test]
        fn the_root_equals_the_rfc_6962_definition(bodies in proptest::collection::vec(any::<Vec<u8>>(), 0..70)) {
            let leaves: Vec<Hash> = bodies.iter().map(|body| leaf_hash(1, body)).collect();
            prop_assert_eq!(frontier(&leaves).root(), naive_root(&leaves));
        }

        #[test]
        fn the_stored_form_reads_back(count in 0_u64..2000) {
            let leaves: Vec<Hash> = (0..count).map(|at| leaf_hash(1, &at.to_be_bytes())).collect();
            let frontier = frontier(&leaves);
            let bytes = frontier.to_bytes();
            prop_assert_eq!(Frontier::from_bytes(count, &bytes), Some(frontier));
            if count > 0 {
                prop_assert_eq!(Frontier::from_bytes(count, &bytes[1..]), None);
            }
        }
    }

    #[test]
    fn rfc_6962_test_vectors_pass() {
        // These leaves and roots come from the test suites of Certificate Transparency. The leaves have no format byte.
        let inputs =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let leaves: Vec<Hash> = inputs
            .iter()
            .map(|input| Sha256::new().chain_update([0]).chain_update(hex::decode(input).unwrap()).finalize().into())
            .collect();
        let root = |count: usize| hex::encode(frontier(&leaves[..count]).root());
        assert_eq!(root(0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(root(1), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(root(3), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
        assert_eq!(root(8), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }
}
