public import Concurrency
public import Foundation
internal import HTTPClient

/// Objects in a bucket of S3 or of a store that speaks its language. Nothing touches the disk: parts are on their way to
/// the bucket while the next ones arrive.
public final class S3Store: ObjectStore {
    let connection: S3Connection
    private let publicEndpoint: S3Endpoint
    private let threads: ThreadPool

    /// Prepares a store; nothing is sent. Throws `unavailable` with the name of the setting that cannot be used.
    /// - Parameter threads: where the parts are hashed.
    public init(_ configuration: S3Configuration, threads: ThreadPool) throws(ObjectStoreError) {
        let endpoint = try S3Endpoint(
            configuration.endpoint, bucket: configuration.bucket, pathStyle: configuration.pathStyle)
        publicEndpoint = try S3Endpoint(
            configuration.publicEndpoint ?? configuration.endpoint, bucket: configuration.bucket,
            pathStyle: configuration.pathStyle)
        let client: HTTPClient
        do throws(HTTPClientError) {
            client = try HTTPClient(
                HTTPClientConfiguration(
                    caFile: configuration.caFile, connectionsPerHost: configuration.connections,
                    keptConnections: configuration.connections))
        } catch {
            throw ObjectStoreError(.unavailable, "The HTTP client could not be started.", cause: error)
        }
        connection = S3Connection(configuration, endpoint: endpoint, client: client)
        self.threads = threads
    }

    /// Begins to write an object: by one request if it fits into one part, else part by part. Throws nothing.
    public func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter {
        S3Writer(
            S3Upload(key, attributes: attributes, connection: connection, threads: threads),
            partSize: PartPlan.partSize(declaredLength: declaredLength, wanted: connection.configuration.partSize))
    }

    /// What is known about the object, or `nil` if there is none.
    public func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        do throws(S3Failure) { return try await connection.head(key)?.info } catch {
            throw ObjectStoreError(error, key: key)
        }
    }

    /// A URL of the bucket's. It lives a week at most, whatever `expires` says.
    public func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, expires: Date
    ) throws(ObjectStoreError) -> String {
        connection.presignedURL(key, method: method, expires: expires, at: publicEndpoint)
    }
}
