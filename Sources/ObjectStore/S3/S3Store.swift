public import Concurrency
import Foundation
internal import HTTPClient

/// Objects in a bucket of S3 or of a store with its API. Nothing is written to the disk: parts are sent to the bucket while
/// the next ones arrive.
public final class S3Store: ObjectStore {
    let connection: S3Connection
    private let publicEndpoint: S3Endpoint
    private let downloads: DownloadURL?
    private let threads: ThreadPool

    /// The requests that create the object `key`.
    func upload(_ key: ObjectKey, _ attributes: ObjectAttributes) -> S3Upload {
        S3Upload(key, attributes: attributes, connection: connection, threads: threads)
    }

    /// Prepares a store; nothing is sent.
    /// - Parameter threads: hash the parts.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` with the name of the setting that cannot be used.
    public init(_ configuration: S3Configuration, threads: ThreadPool) throws(ObjectStoreError) {
        try configuration.validate()
        let endpoint = try S3Endpoint(
            configuration.endpoint, bucket: configuration.bucket, pathStyle: configuration.pathStyle)
        publicEndpoint = try S3Endpoint(
            configuration.publicEndpoint ?? configuration.endpoint, bucket: configuration.bucket,
            pathStyle: configuration.pathStyle)
        downloads = DownloadURL(base: configuration.downloadURL)
        let client: HTTPClient
        do throws(HTTPClientError) {
            client = try HTTPClient(
                HTTPClientConfiguration(
                    caFile: configuration.caFile, connectionsPerHost: configuration.connections,
                    keptConnections: configuration.connections))
        } catch {
            throw ObjectStoreError(.unavailable, "The HTTP client could not be started.", cause: error)
        }
        connection = S3Connection(
            configuration, endpoint: endpoint, client: client, credentials: try S3Credentials(configuration.credentials)
        )
        self.threads = threads
    }

    /// Begins to write an object: by one request if it fits into one part, otherwise part by part.
    /// - Throws: nothing.
    public func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter {
        S3Writer(
            upload(key, attributes),
            partSize: PartPlan.partSize(declaredLength: declaredLength, wanted: connection.configuration.partSize))
    }

    /// What is known about the object, or `nil` if there is none.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        do throws(S3Failure) { return try await connection.head(key)?.info } catch {
            throw ObjectStoreError(error, key: key)
        }
    }

    /// A URL of the bucket, or for a download of the cache before it. It expires after a week at the latest, and with the temporary credentials that sign it.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` before temporary credentials have been fetched.
    public func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, validity: URLValidity
    ) throws(ObjectStoreError) -> String {
        let url = try connection.presignedURL(key, method: method, validity: validity, at: publicEndpoint)
        return if case .get = method, let downloads { downloads.replacingOrigin(of: url) } else { url }
    }
}
