// swift-tools-version: 6.0
import Foundation
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // `treatAllWarnings(as:)` needs tools version 6.2.
    .unsafeFlags(["-warnings-as-errors"]),
]

/// The chat systems that this build speaks: each is a target of its own in Sources/Dialects, and none knows another. Without
/// its line here and its folder there the program builds as well.
let dialects = [
    "Bananatalk",
    "ImageKit",
    "Intok",
    "SignalRChat",
    "Rooms",
]

/// A target of a dialect: everything that is its own.
func dialect(_ name: String) -> Target {
    .target(
        name: name,
        dependencies: [
            "MediaAPI", "ChatDocuments", "ChatBridge", "MediaWorker", "MediaModel", "Realtime", "HTTPServer",
            "ObjectStore", "Translation", "OpenAPI", "Configuration", "JSON",
            "Bytes", "Crypto", "Logging", "Concurrency",
        ],
        path: "Sources/Dialects/\(name)", swiftSettings: swiftSettings)
}

/// The tests of a dialect.
func dialectTests(_ name: String) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [
            .byName(name: name), "MediaAPI", "ChatStoreSQLite", "ChatBridge", "MediaModel", "Realtime", "Translation",
            "Configuration", "JSON", "Bytes", "Logging", "HTTPServer", "ChatTestSupport", "TestSupport",
        ],
        path: "Tests/Dialects/\(name)", swiftSettings: swiftSettings)
}

/// A library of the package: a target whose imports run downward only.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// A C library of the system: a module map and a commented shim.
func system(_ name: String, pkgConfig: String? = nil, apt package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// Debian 12 packages llhttp as C sources (node-llhttp), which CLLHTTP includes; later releases package a library.
let llhttpLibrary: [LinkerSetting] =
    FileManager.default.fileExists(atPath: "/usr/share/llhttp/llhttp.c") ? [] : [.linkedLibrary("llhttp")]

/// Where libmongoc-dev and libbson-dev have their headers.
let mongoHeaders = ["-isystem", "/usr/include/libmongoc-1.0", "-isystem", "/usr/include/libbson-1.0"]

/// TLS of hiredis, which comes with release 1.0 as a library of its own, and OpenSSL, which it uses.
let hiredisTLSLibraries: [LinkerSetting] =
    FileManager.default.fileExists(atPath: "/usr/include/hiredis/hiredis_ssl.h")
    ? [.linkedLibrary("hiredis_ssl"), .linkedLibrary("ssl"), .linkedLibrary("crypto")] : []

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)", exclude: exclude,
        swiftSettings: swiftSettings)
}

/// What the program and the tests of several dialects depend on for each dialect of this build.
let dialectDependencies: [Target.Dependency] = dialects.map { .byName(name: $0) }

/// The compile conditions of the dialects of this build.
let dialectConditions: [SwiftSetting] = dialects.map { .define("DIALECT_\($0.uppercased())") }

// The targets are in several lists, which Swift 6.0 type-checks one by one.

let libraries: [Target] = [
    // The program, and the libraries below it from top to bottom.
    .executableTarget(
        name: "Darkroom",
        dependencies: [
            "MediaAPI", "Jobs", "Migration", "Backup", "ChatStoreSQLite", "ChatStoreMongoDB", "ChatBridge",
            "MediaWorker", "MediaModel", "FFmpeg", "ObjectStore", "HTTPServer", "Cluster", "Redis", "Translation",
            "Tracing", "Realtime", "Configuration", "JSON", "Bytes", "Crypto", "Logging", "Metrics", "Concurrency",
        ] + dialectDependencies,
        swiftSettings: swiftSettings + dialectConditions),
    library(
        "MediaAPI",
        [
            "Jobs", "ChatDocuments", "ChatBridge", "MediaWorker", "MediaModel", "Realtime", "HTTPServer",
            "ObjectStore", "Translation", "HTTPClient", "ConsolePages", "DescriptionExamples", "Limits", "OpenAPI",
            "Tracing",
            "Configuration", "JSON", "Bytes", "Crypto", "Logging", "Metrics", "Concurrency",
        ]),
    .target(
        name: "ConsolePages", dependencies: ["Bytes", "Crypto"], resources: [.embedInCode("Pages")],
        swiftSettings: swiftSettings),
    .target(
        name: "DescriptionExamples", dependencies: ["JSON"], resources: [.embedInCode("Examples")],
        swiftSettings: swiftSettings),
    library("Limits"),
    library("OpenAPI", ["JSON"]),
    library("Realtime", ["HTTPServer", "Configuration", "MessagePack", "JSON", "Crypto", "Logging", "Concurrency"]),
    library("MessagePack", ["JSON"]),
    library(
        "Jobs",
        [
            "Configuration", "ChatBridge", "MediaWorker", "MediaModel", "ObjectStore", "Redis", "Bytes", "Logging",
            "Concurrency",
        ]),
    library("ChatBridge", ["MediaModel", "Tracing", "JSON", "Bytes", "Crypto", "Logging", "Concurrency"]),
    library(
        "Cluster",
        [
            "Realtime", "Limits", "Redis", "Configuration", "MessagePack", "JSON", "Crypto", "Logging", "Concurrency",
        ]),
    .target(
        name: "Redis", dependencies: ["Configuration", "CHiredis", "CLinux", "Logging", "Concurrency"],
        swiftSettings: swiftSettings, linkerSettings: hiredisTLSLibraries),
    // The engines of the chat store.
    .target(
        name: "ChatStoreSQLite",
        dependencies: [
            "ChatBridge", "MediaModel", "Configuration", "JSON", "CSQLite", "CLinux", "Bytes", "Concurrency",
        ],
        path: "Sources/ChatStores/SQLite", swiftSettings: swiftSettings),
    .target(
        name: "ChatStoreMongoDB",
        dependencies: [
            "ChatDocuments", "ChatBridge", "MediaModel", "JSON", "Configuration", "CMongo", "Concurrency",
        ],
        path: "Sources/ChatStores/MongoDB", swiftSettings: swiftSettings),
    // How messages and conversations are documents.
    .target(
        name: "ChatDocuments", dependencies: ["ChatBridge", "MediaModel", "JSON"],
        path: "Sources/ChatStores/Documents", swiftSettings: swiftSettings),
    library(
        "MediaWorker",
        [
            "MediaModel", "FFmpeg", "ObjectStore", "Tracing", "Configuration", "JSON", "Bytes", "Crypto", "Logging",
            "Concurrency", "CLinux", "CSeccomp", "CZlib",
        ]),
    // Moving an installation to other stores.
    library("Migration", ["ChatBridge", "ObjectStore", "JSON", "Bytes", "Crypto", "Concurrency"]),
    // Copies of an installation that is in use, and their restoration.
    library("Backup", ["ChatStoreSQLite", "ObjectStore", "JSON", "Bytes", "Crypto", "CLinux"]),
    library("MediaModel", ["JSON"]),
    library("FFmpeg", ["Bytes", "CFFmpeg", "CJPEG", "CLCMS"]),
    library("ObjectStore", ["HTTPClient", "Configuration", "JSON", "Bytes", "Crypto", "Concurrency", "CLinux"]),
    library(
        "HTTPServer",
        ["Configuration", "Bytes", "Concurrency", "Crypto", "Logging", "CUV", "CLLHTTP", "CWslay", "CLinux"]),
    library("HTTPClient", ["Bytes", "Concurrency", "CCurl", "CLinux"]),
    library("Translation", ["HTTPClient", "Configuration", "JSON", "Bytes", "Logging", "Concurrency"]),

    // Foundation parts, which all others use.
    library("Bytes"),
    library("JSON"),
    library("Configuration"),
    library("Crypto", ["CCrypto", "CSodium"]),
    library("Logging"),
    library("Metrics"),
    library("Tracing", ["Crypto"]),
    library("Concurrency", ["Bytes", "CLinux"]),
]

let systemLibraries: [Target] = [
    // C libraries.
    system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
    system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
    system("CFFmpeg", pkgConfig: "libavformat", apt: "libavformat-dev"),
    system("CLCMS", pkgConfig: "lcms2", apt: "liblcms2-dev"),
    system("CSeccomp", pkgConfig: "libseccomp", apt: "libseccomp-dev"),
    system("CHiredis", apt: "libhiredis-dev"),
    system("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
    system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    system("CUV", pkgConfig: "libuv", apt: "libuv1-dev"),
    system("CWslay", apt: "libwslay-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    .target(name: "CJPEG", path: "Sources/System/CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .target(name: "CLinux", path: "Sources/System/CLinux"),
    // Its headers alone are needed to build: the library is loaded where it is used.
    .target(name: "CMongo", path: "Sources/System/CMongo", cSettings: [.unsafeFlags(mongoHeaders)]),
    .target(name: "CLLHTTP", path: "Sources/System/CLLHTTP", linkerSettings: llhttpLibrary),
]

let tools: [Target] = [
    // Measurements inside one process.
    .executableTarget(
        name: "DarkroomBench", dependencies: ["Bytes", "MediaWorker", "MediaModel", "FFmpeg", "Logging"],
        path: "Benchmarks/InProcess",
        swiftSettings: swiftSettings),

    // Mutants of files, for fuzzing.
    .target(name: "Mutation", path: "Fuzz/Mutation", swiftSettings: swiftSettings),
    .executableTarget(
        name: "DarkroomFuzz",
        dependencies: [
            "Mutation", "HostileMedia", "TestPrograms", "MediaWorker", "MediaModel", "FFmpeg", "HTTPClient",
            "Bytes",
            "Logging", "CLinux",
        ],
        path: "Fuzz/Driver", swiftSettings: swiftSettings),

    // Hostile files, as tests and fuzzing use them.
    .target(name: "HostileMedia", path: "Tests/HostileMedia", exclude: ["Seeds"], swiftSettings: swiftSettings),

    // Programs that run beside the tests.
    .target(
        name: "TestPrograms", dependencies: ["Crypto", "CLinux"], path: "Tests/TestPrograms",
        exclude: ["server.py", "mongod.py", "redis.py", "clamd.py", "apy.py", "libretranslate.py"],
        swiftSettings: swiftSettings),

    // What several test targets use.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
]

let testTargets: [Target] = [
    // Tests, a target for each library.
    tests("Bytes", ["Bytes"]),
    tests("Limits", ["Limits"]),
    tests("JSON", ["JSON"]),
    tests("MessagePack", ["MessagePack", "JSON"]),
    tests("Crypto", ["Crypto"]),
    tests("Logging", ["Logging"]),
    tests("Metrics", ["Metrics"]),
    tests("Tracing", ["Tracing"]),
    tests("Concurrency", ["Concurrency"]),
    tests("HTTPServer", ["HTTPServer", "Bytes", "Logging", "CLinux"]),
    tests("FFmpeg", ["FFmpeg", "Bytes", "CFFmpeg"]),
    tests("MediaModel", ["MediaModel"]),
    // Worker processes are started from the real program.
    tests(
        "MediaWorker",
        [
            "MediaWorker", "MediaModel", "FFmpeg", "ObjectStore", "Bytes", "Crypto", "Logging", "Concurrency",
            "Mutation", "HostileMedia", "TestPrograms", "Darkroom",
        ], exclude: ["scripts"]),
    tests("HTTPClient", ["HTTPClient", "Bytes", "Crypto", "TestPrograms"], exclude: ["scripts"]),
    tests(
        "ObjectStore",
        ["ObjectStore", "HTTPClient", "Configuration", "Bytes", "Crypto", "Concurrency", "TestPrograms"],
        exclude: ["scripts"]),
    // What tests of the chat core, of connections and of the dialects share.
    .target(
        name: "ChatTestSupport",
        dependencies: [
            "Logging", "ChatStoreSQLite", "ChatStoreMongoDB", "ChatDocuments", "ChatBridge", "MediaModel",
            "Realtime",
            "JSON", "Concurrency", "TestPrograms",
        ] + dialectDependencies,
        path: "Tests/ChatTestSupport", exclude: ["scripts"],
        swiftSettings: swiftSettings + dialectConditions),
    tests(
        "ChatBridge",
        [
            "Tracing",
            "ChatStoreSQLite", "ChatStoreMongoDB", "ChatDocuments", "ChatBridge", "MediaModel", "JSON", "Logging",
            "Concurrency", "ChatTestSupport",
        ]),
    tests(
        "ChatStores",
        [
            "ChatStoreMongoDB", "ChatDocuments", "ChatBridge", "MediaModel", "JSON", "Logging", "ChatTestSupport",
            "TestPrograms",
        ]),
    tests(
        "Migration",
        [
            "Migration", "ChatStoreSQLite", "ChatStoreMongoDB", "ChatBridge", "MediaModel", "ObjectStore", "JSON",
            "Bytes", "Concurrency", "ChatTestSupport", "TestPrograms",
        ]),
    tests(
        "Cluster",
        [
            "Cluster", "Limits", "Redis", "Realtime", "Configuration", "MessagePack", "JSON", "Logging", "Concurrency",
            "TestPrograms",
        ]),
    tests("Translation", ["Translation", "HTTPClient", "Configuration", "Logging", "TestPrograms"]),
    tests("Redis", ["Redis", "Configuration", "Logging", "Concurrency", "TestPrograms"]),
    tests("Realtime", ["Realtime", "HTTPServer", "JSON", "Logging", "Concurrency", "ChatTestSupport"]),
    // Worker processes that make renditions are started from the real program.
    tests(
        "Jobs",
        [
            "Jobs", "ChatStoreSQLite", "ChatBridge", "MediaWorker", "MediaModel", "FFmpeg", "ObjectStore", "Redis",
            "Bytes", "Logging", "Concurrency", "TestPrograms", "Darkroom",
        ],
        exclude: ["scripts"]),
    tests(
        "Clients", ["Darkroom", "ChatStoreSQLite", "ChatBridge", "JSON", "HostileMedia", "TestPrograms"],
        exclude: ["scripts", "References", "FormerRelease", "requirements.txt"]),
    // The real program while something goes wrong: kills, clocks that step, clients that do not behave, minutes of work.
    tests("Chaos", ["Darkroom", "TestPrograms"], exclude: ["scripts", "README.md"]),
    tests(
        "MediaAPI",
        [
            "MediaAPI", "ChatStoreSQLite", "ChatBridge", "ChatTestSupport", "Realtime", "JSON", "MediaWorker",
            "MediaModel", "Metrics", "ObjectStore", "HTTPServer", "OpenAPI", "Configuration", "Crypto", "Logging",
            "Bytes", "Concurrency", "TestPrograms", "Darkroom",
        ]),
]

let dialectTargets: [Target] = dialects.flatMap { [dialect($0), dialectTests($0)] }

let package = Package(
    name: "darkroom",
    products: [.executable(name: "darkroom", targets: ["Darkroom"])],
    targets: libraries + systemLibraries + tools + testTargets + dialectTargets
)
