package import ChatDocuments
package import ChatStoreMongoDB

#if DIALECT_BANANATALK
    import Bananatalk
#endif
#if DIALECT_IMAGEKIT
    import ImageKit
#endif

/// The models of the chat systems that this build speaks.
package enum DialectDocuments {
    /// The databases of all dialects that have a model of their own.
    package static func databases(prefix: String, media: MediaURLs = MediaURLs()) -> [DialectDatabase] {
        var databases: [DialectDatabase] = []
        #if DIALECT_BANANATALK
            databases.append(DialectDatabase(BananatalkDocuments(media: media), name: prefix + "bananatalk"))
        #endif
        #if DIALECT_IMAGEKIT
            databases.append(DialectDatabase(ImageKitDocuments(media: media), name: prefix + "imagekit"))
        #endif
        return databases
    }
}
