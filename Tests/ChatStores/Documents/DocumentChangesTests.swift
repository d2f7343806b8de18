import ChatBridge
import Testing

@testable import ChatDocuments

@Suite("Changes of documents")
struct DocumentChangesTests {
    private func update(_ stored: BSONDocument, _ old: BSONDocument, _ new: BSONDocument) -> BSONDocument {
        DocumentChanges(of: stored, from: old, to: new).update
    }

    @Test("only fields that changed are written; unknown ones are not touched")
    func fields() {
        let stored: BSONDocument = ["text": "a", "read": true, "theirs": ["kept": 1]]
        let old: BSONDocument = ["text": "a", "read": true]
        #expect(update(stored, old, old).isEmpty)
        #expect(update(stored, old, ["text": "b", "read": true]) == ["$set": ["text": "b"]])
        #expect(update(stored, old, ["text": "a"]) == ["$unset": ["read": true]])
        #expect(update(stored, old, ["text": "a", "read": true, "new": 1]) == ["$set": ["new": 1]])
    }

    @Test("inside a document only what changed is written")
    func nested() {
        let stored: BSONDocument = ["media": ["url": "a", "width": 1, "theirs": true]]
        let changed = update(
            stored, ["media": ["url": "a", "width": 1]], ["media": ["url": "b", "height": 2]])
        #expect(changed == ["$set": ["media.url": "b", "media.height": 2], "$unset": ["media.width": true]])
    }

    @Test("names that cannot be part of a path are written with the document that has them")
    func names() {
        let (old, new): (BSONDocument, BSONDocument) = (["counts": ["a.b": 1]], ["counts": ["a.b": 2]])
        #expect(
            update(old.merging(["counts": ["a.b": 1, "c": 3]]), old, new) == ["$set": ["counts": ["a.b": 2, "c": 3]]])
    }

    @Test("of an array only the elements that changed or were appended are written, where they are stored")
    func elements() {
        let stored: BSONDocument = [
            "counts": [
                ["count": .int32(1), "user": "bob"], ["user": "gone", "count": 9], ["user": "ann", "count": 2],
            ]
        ]
        let old: BSONDocument = ["counts": [["user": "ann", "count": 2], ["user": "bob", "count": 1]]]
        let added: BSONValue = ["user": "cid", "count": 1]
        #expect(
            update(
                stored, old, ["counts": [["user": "ann", "count": 3], ["user": "bob", "muted": true], added]])
                == [
                    "$set": ["counts.2.count": 3, "counts.0.muted": true, "counts.3": added],
                    "$unset": ["counts.0.count": true],
                ])
        // One that was not read before, and is now.
        #expect(
            update(
                stored, old, ["counts": [["user": "ann", "count": 2], ["user": "bob", "count": 1], ["user": "gone"]]])
                == ["$set": ["counts.1.user": "gone"]])
        // One that is removed: the others are written as they are stored, also those that are not known.
        #expect(
            update(stored, old, ["counts": [["user": "ann", "count": 2]]])
                == ["$set": ["counts": [["user": "ann", "count": 2], ["user": "gone", "count": 9]]]])
    }

    @Test("elements of an array that did not change keep fields that are unknown, and the form of their identifiers")
    func arrays() throws {
        let digits = "65a4f0c2e1b2c3d4e5f60718"
        let stored: BSONDocument = ["reactions": [["user": .string(digits), "emoji": "+", "_id": 7]]]
        let first: BSONValue = ["user": .identifier(digits), "emoji": "+"]
        let second: BSONValue = ["user": "bob", "emoji": "-"]
        #expect(
            update(stored, ["reactions": .array([first])], ["reactions": .array([first, second])])
                == ["$set": ["reactions.1": second]])
        #expect(
            update(stored, ["reactions": .array([first])], ["reactions": .array([second, first])])
                == ["$set": ["reactions": [second, ["user": .string(digits), "emoji": "+", "_id": 7]]]])
    }

    @Test("an element that changed is recognized by its first field, and keeps what is not known of it")
    func changedElements() {
        let stored: BSONDocument = [
            "counts": [["count": .int32(1), "user": "bob", "_id": 7], ["user": "ann", "count": .double(2), "_id": 8]]
        ]
        let old: BSONDocument = ["counts": [["user": "ann", "count": 2], ["user": "bob", "count": 1]]]
        let new: BSONDocument = ["counts": [["user": "ann", "count": 3], ["user": "cid", "count": 0]]]
        #expect(
            update(stored, old, new)
                == ["$set": ["counts": [["user": "ann", "count": 3, "_id": 8], ["user": "cid", "count": 0]]]])
    }

    @Test("a string that looks like an ObjectId is left what it is")
    func identifiers() {
        let digits = "65a4f0c2e1b2c3d4e5f60718"
        let stored: BSONDocument = ["sender": .string(digits), "text": "a"]
        let old: BSONDocument = ["sender": .identifier(digits), "text": "a"]
        #expect(update(stored, old, old.merging(["text": "b"])) == ["$set": ["text": "b"]])
    }
}
