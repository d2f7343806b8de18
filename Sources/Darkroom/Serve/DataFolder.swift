import Bytes
import Configuration
import Foundation
import Glibc

/// The data folder: it belongs to one user, who alone may read it.
struct DataFolder {
    /// Its path.
    let path: String

    /// The database.
    var database: String { path + "/chat.sqlite" }

    /// Creates the folder if it does not exist, and takes it and the files of the database from other users if they may read
    /// them: a folder that systemd or an administrator made is often readable by all.
    /// - Throws: `SettingError` when the folder cannot be created or made private, or its database belongs to another user.
    func prepare() throws(SettingError) {
        do throws(FileError) { try WholeFile.makeFolders(path) } catch { throw SettingError(.data, "\(error)") }
        try checkOwner()
        try makePrivate(path, mode: 0o700)
        for file in ["", "-wal", "-shm", ".starts"] { try makePrivate(database + file, mode: 0o600) }
        try makePrivate(path + "/secret", mode: 0o600)
    }

    /// Checks that the service has run on the folder, as the user of this process.
    /// - Throws: `SettingError` when there is no database, or it belongs to another user.
    func checkExisting() throws(SettingError) {
        guard access(database, F_OK) == 0 else { throw SettingError(.data, "the service has not run on \(path) yet") }
        try checkOwner()
    }

    /// Checks that the database, if there is one, belongs to the user of this process: what another user writes beside it could
    /// not be read by the service.
    /// - Throws: `SettingError` when it belongs to another user.
    func checkOwner() throws(SettingError) {
        var status = stat()
        guard stat(database, &status) == 0, status.st_uid != geteuid() else { return }
        let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "user \(status.st_uid)"
        throw SettingError(
            .data,
            "the database in \(path) belongs to \(owner), and this process runs as another user: run it as \(owner), "
                + "or give the folder and all in it to this user (chown -R)")
    }

    /// - Throws: `SettingError` when other users may read `file` and this process cannot change that.
    private func makePrivate(_ file: String, mode: mode_t) throws(SettingError) {
        var status = stat()
        guard stat(file, &status) == 0, status.st_mode & 0o077 != 0 else { return }
        guard chmod(file, mode) == 0 else {
            throw SettingError(
                .data,
                "other users may read \(file), and this process cannot change that: "
                    + String(cString: strerror(errno)))
        }
    }
}
