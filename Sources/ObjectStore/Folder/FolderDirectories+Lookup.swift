internal import Bytes
internal import Concurrency
internal import Glibc

extension FolderDirectories {
    /// The location of the files of a key.
    struct Location: ~Copyable {
        let directory: Directory
        let name: String
        var attributesName: String { StoredAttributes.fileName(for: name) }
    }

    /// The place of `key`, or `nil` if there is no directory for it.
    func location(of key: ObjectKey) throws(SystemError) -> Location? {
        do throws(SystemError) {
            return try location(of: key) { (parent, name) throws(SystemError) in try parent.directory(name) }
        } catch {
            if error.isAbsence { return nil }
            throw error
        }
    }

    /// The place of `key`; its directories are created where they are missing.
    func createLocation(of key: ObjectKey) throws(SystemError) -> Location {
        try location(of: key) { (parent, name) throws(SystemError) in try parent.makeDirectory(name) }
    }

    private func location(
        of key: ObjectKey, step: (borrowing Directory, String) throws(SystemError) -> Directory
    ) throws(SystemError) -> Location {
        let segments = key.segments.map(String.init)
        var directory = try objects.directory(".")
        for segment in segments.dropLast() { directory = try step(directory, segment) }
        return Location(directory: directory, name: segments[segments.count - 1])
    }

    /// What is known about the object, or `nil` if there is none.
    func info(_ key: ObjectKey) throws(SystemError) -> ObjectInfo? {
        guard let location = try location(of: key), let status = try location.directory.status(location.name),
            status.isFile
        else {
            return nil
        }
        return ObjectInfo(key, status, try location.attributes())
    }

    /// The object, open, or `nil` if there is none.
    func open(_ key: ObjectKey) throws(SystemError) -> OpenObject? {
        guard let location = try location(of: key) else { return nil }
        do throws(SystemError) {
            // Without O_NONBLOCK, opening a named pipe would wait for a writer.
            let file = OwnedDescriptor(
                owning: try location.directory.open(location.name, O_RDONLY | O_NONBLOCK), closedOn: threads)
            let attributes = try location.attributes()
            let status = try FileStatus(descriptor: file.rawValue)
            guard status.isFile, attributes != nil || status.isLinked else { return nil }
            return OpenObject(info: ObjectInfo(key, status, attributes), file: file)
        } catch {
            if error.isAbsence { return nil }
            throw error
        }
    }
}

extension FolderDirectories.Location {
    /// The attributes stored beside the object; `nil` if there are none, or none that can be read.
    borrowing func attributes() throws(SystemError) -> StoredAttributes? {
        do throws(SystemError) {
            let descriptor = try directory.open(attributesName, O_RDONLY | O_NONBLOCK)
            defer { close(descriptor) }
            let status = try FileStatus(descriptor: descriptor)
            guard status.isFile, status.size <= StoredAttributes.maximumFileSize else { return nil }
            var json = [UInt8](repeating: 0, count: status.size)
            let count = pread(descriptor, &json, json.count, 0)
            guard count >= 0 else { throw SystemError("read attributes") }
            return StoredAttributes(json: Array(json.prefix(count)))
        } catch {
            if error.isAbsence { return nil }
            throw error
        }
    }
}

extension ObjectInfo {
    /// An object whose attributes are lost is an `application/octet-stream`.
    init(_ key: ObjectKey, _ status: FileStatus, _ stored: StoredAttributes?) {
        self.init(
            key: key, size: status.size,
            attributes: stored?.generation(of: status)?.attributes
                ?? ObjectAttributes(contentType: "application/octet-stream"),
            modified: status.modificationDate, etag: status.etag)
    }
}
