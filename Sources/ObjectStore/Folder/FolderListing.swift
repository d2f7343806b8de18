internal import Bytes

/// Walks through the folder in the order of the keys, starting after one of them, until there are enough.
struct FolderListing {
    let prefix: String
    let after: ObjectKey?
    /// The size of the page. One more is searched for, to know whether there is a next page.
    let limit: Int
    private var found: [ObjectPage.Entry] = []
    private var unusable: [String] = []

    init(prefix: String, after: ObjectKey?, limit: Int) {
        self.prefix = prefix
        self.after = after
        self.limit = limit
    }

    var page: ObjectPage {
        let entries = Array(found.prefix(limit))
        let next = found.count > limit ? entries.last?.key : nil
        let names = unusable.filter { name in
            next.map { name.utf8.lexicographicallyPrecedes($0.rawValue.utf8) } ?? true
        }
        return ObjectPage(entries: entries, unusableNames: names, next: next)
    }

    /// Visits the content of `directory`, whose keys begin with `path`.
    mutating func walk(_ directory: borrowing Directory, path: String = "") throws(SystemError) {
        for (name, status) in try children(of: directory, path: path) {
            if found.count > limit { return }
            let name = path + name
            if status.isDirectory {
                if mayMatch(directory: name) { try enter(name, in: directory, from: path) }
            } else if let key = ObjectKey(validating: name), matches(key) {
                found.append(.init(key: key, size: status.size, modified: status.modificationDate, etag: status.etag))
            }
        }
    }

    private mutating func enter(
        _ name: String, in directory: borrowing Directory, from path: String
    ) throws(SystemError) {
        do throws(SystemError) {
            try walk(try directory.directory(String(name.dropFirst(path.count).dropLast())), path: name)
        } catch {
            // It was removed since it was listed.
            guard error.isAbsence else { throw error }
        }
    }

    /// What is in a directory, directories with a slash behind their names: sorted like that, the keys come in order.
    private mutating func children(
        of directory: borrowing Directory, path: String
    ) throws(SystemError) -> [(String, FileStatus)] {
        var children: [(String, FileStatus)] = []
        for name in try directory.names() where !StoredAttributes.isFileName(name) {
            guard let status = try directory.status(name), status.isFile || status.isDirectory else { continue }
            guard ObjectKey(validating: path + name) != nil else {
                note(unusable: path + name + (status.isDirectory ? "/" : ""))
                continue
            }
            children.append((status.isDirectory ? name + "/" : name, status))
        }
        return children.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    }

    private mutating func note(unusable name: String) {
        let isAfter = after.map { $0.rawValue.utf8.lexicographicallyPrecedes(name.utf8) } ?? true
        if isAfter, name.hasBytePrefix(prefix) { unusable.append(name) }
    }

    private func matches(_ key: ObjectKey) -> Bool {
        key.rawValue.hasBytePrefix(prefix) && after.map { $0 < key } ?? true
    }

    /// Whether a key that begins with `directory`, which ends with a slash, can match.
    private func mayMatch(directory: String) -> Bool {
        guard directory.hasBytePrefix(prefix) || prefix.hasBytePrefix(directory) else { return false }
        guard let after = after?.rawValue else { return true }
        return after.hasBytePrefix(directory) || after.utf8.lexicographicallyPrecedes(directory.utf8)
    }
}

extension String {
    /// Without the canonical equivalence of `hasPrefix`.
    fileprivate func hasBytePrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
}
