internal import Crypto
internal import Foundation
internal import HTTPClient

extension S3Store {
    /// How many objects one request deletes.
    static let deleteBatch = 1000
    /// How many requests are active at once where each deletes one object.
    static let deletesAtOnce = 8

    /// Deletes the objects: a thousand per request, or one where the store supports no more.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        for start in stride(from: 0, to: keys.count, by: Self.deleteBatch) {
            let batch = Array(keys[start..<min(start + Self.deleteBatch, keys.count)])
            do throws(S3Failure) {
                if batch.count > 1 {
                    do throws(S3Failure) {
                        try await connection.deleteObjects(batch)
                        continue
                    } catch {
                        guard error.isUnsupported else { throw error }
                    }
                }
                try await deleteOneByOne(batch)
            } catch {
                throw ObjectStoreError(error, key: batch.count == 1 ? batch[0] : nil)
            }
        }
    }

    private func deleteOneByOne(_ keys: [ObjectKey]) async throws(S3Failure) {
        let connection = connection
        let failure = await withTaskGroup(of: S3Failure?.self) { group in
            var failure: S3Failure?
            for (index, key) in keys.enumerated() {
                if index >= Self.deletesAtOnce, let ended = await group.next() { failure = failure ?? ended }
                group.addTask {
                    do throws(S3Failure) { try await connection.deleteObject(key) } catch { return error }
                    return nil
                }
            }
            for await ended in group { failure = failure ?? ended }
            return failure
        }
        if let failure { throw failure }
    }
}

extension S3Failure {
    /// Whether the store does not support the request.
    fileprivate var isUnsupported: Bool {
        switch kind {
        case .response(let status, let code, _): [400, 405, 411, 501].contains(status) && code != "InvalidAccessKeyId"
        default: false
        }
    }
}

extension S3Connection {
    /// `DeleteObject`.
    func deleteObject(_ key: ObjectKey) async throws(S3Failure) {
        do throws(S3Failure) {
            _ = try await send(S3Request(operation: "DeleteObject", method: "DELETE", key: key))
        } catch {
            guard error.status == 404, error.code != "NoSuchBucket" else { throw error }
        }
    }

    /// `DeleteObjects`, of a thousand at most.
    func deleteObjects(_ keys: [ObjectKey]) async throws(S3Failure) {
        let list = keys.map { "<Object><Key>\(xmlEscaped($0.rawValue))</Key></Object>" }.joined()
        let text = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(list)<Quiet>true</Quiet></Delete>"
        let md5 = Data(InsecureMD5.hash(text.utf8)).base64EncodedString()
        let request = S3Request(
            operation: "DeleteObjects", method: "POST", query: [(name: "delete", value: "")],
            headers: [(name: "Content-MD5", value: md5), (name: "Content-Type", value: "application/xml")],
            body: .init(text: text), limit: 4 << 20)
        try await send(request) { (response) throws(S3Failure) in
            let result = try response.document(["DeleteResult"], request.operation)
            let failed = result.all("Error").first { !["NoSuchKey", ""].contains($0["Code"]?.text ?? "") }
            guard let failed else { return }
            throw S3Failure(
                kind: .response(
                    status: response.status, code: failed["Code"]?.text ?? "", message: failed["Message"]?.text ?? ""),
                operation: request.operation)
        }
    }
}
