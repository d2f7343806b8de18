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

/// A room of the house: a target whose imports run downward only.
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// A C library of the system: a module map and a commented shim.
func system(_ name: String, pkgConfig: String? = nil, apt package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// Debian 12 packages llhttp as C sources (node-llhttp), which CLLHTTP includes; later releases package a library.
let llhttpLibrary: [LinkerSetting] =
    FileManager.default.fileExists(atPath: "/usr/share/llhttp/llhttp.c") ? [] : [.linkedLibrary("llhttp")]

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)", exclude: exclude,
        swiftSettings: swiftSettings)
}

let package = Package(
    name: "darkroom",
    products: [.executable(name: "darkroom", targets: ["Darkroom"])],
    targets: [
        // The program, and the rooms below it from top to bottom.
        .executableTarget(
            name: "Darkroom",
            dependencies: [
                "MediaAPI", "Reprocessing", "ChatBridge", "MediaWorker", "MediaModel", "FFmpeg", "ObjectStore",
                "HTTPServer",
                "JSON", "Bytes", "Crypto",
                "Logging", "Concurrency",
            ], swiftSettings: swiftSettings),
        room(
            "MediaAPI",
            [
                "Reprocessing", "ChatBridge", "MediaWorker", "MediaModel", "HTTPServer", "ObjectStore", "JSON", "Bytes",
                "Crypto",
                "Logging",
            ]),
        room("Reprocessing", ["JSON", "ChatBridge", "MediaWorker", "MediaModel", "ObjectStore", "Bytes", "Logging"]),
        room("ChatBridge", ["MediaModel", "JSON", "CSQLite", "CLinux", "Bytes", "Crypto", "Logging", "Concurrency"]),
        room(
            "MediaWorker",
            [
                "MediaModel", "FFmpeg", "ObjectStore", "Bytes", "Crypto", "Logging", "Concurrency", "CLinux",
                "CSeccomp",
                "CZlib",
            ]),
        room("MediaModel"),
        room("FFmpeg", ["Bytes", "CFFmpeg", "CJPEG", "CLCMS"]),
        room("ObjectStore", ["HTTPClient", "Bytes", "Crypto", "Concurrency", "CLinux"]),
        room("HTTPServer", ["Bytes", "Concurrency", "Crypto", "Logging", "CUV", "CLLHTTP", "CWslay", "CLinux"]),
        room("HTTPClient", ["Bytes", "Concurrency", "CCurl", "CLinux"]),

        // The ground they stand on.
        room("Bytes"),
        room("JSON"),
        room("Crypto", ["CCrypto"]),
        room("Logging"),
        room("Concurrency", ["Bytes", "CLinux"]),

        // C libraries.
        system("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        system("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        system("CFFmpeg", pkgConfig: "libavformat", apt: "libavformat-dev"),
        system("CLCMS", pkgConfig: "lcms2", apt: "liblcms2-dev"),
        system("CSeccomp", pkgConfig: "libseccomp", apt: "libseccomp-dev"),
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        system("CUV", pkgConfig: "libuv", apt: "libuv1-dev"),
        system("CWslay", apt: "libwslay-dev"),
        system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        .target(name: "CJPEG", path: "Sources/System/CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
        .target(name: "CLinux", path: "Sources/System/CLinux"),
        .target(name: "CLLHTTP", path: "Sources/System/CLLHTTP", linkerSettings: llhttpLibrary),

        // Measures what a process of its own would hide.
        .executableTarget(
            name: "DarkroomBench", dependencies: ["Bytes", "MediaWorker", "MediaModel", "FFmpeg", "Logging"],
            path: "Benchmarks/InProcess",
            swiftSettings: swiftSettings),

        // Files with something wrong in them, by the thousand.
        .target(name: "Mutation", path: "Fuzz/Mutation", swiftSettings: swiftSettings),
        .executableTarget(
            name: "DarkroomFuzz",
            dependencies: [
                "Mutation", "HostileMedia", "TestPrograms", "MediaWorker", "MediaModel", "FFmpeg", "HTTPClient",
                "Bytes",
                "Logging", "CLinux",
            ],
            path: "Fuzz/Driver", swiftSettings: swiftSettings),

        // Files that are made to do harm.
        .target(name: "HostileMedia", path: "Tests/HostileMedia", exclude: ["Seeds"], swiftSettings: swiftSettings),

        // Programs that run beside the tests.
        .target(
            name: "TestPrograms", dependencies: ["Crypto", "CLinux"], path: "Tests/TestPrograms",
            swiftSettings: swiftSettings),

        // What several test targets use.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),

        // The promises.
        tests("Bytes", ["Bytes"]),
        tests("JSON", ["JSON"]),
        tests("Crypto", ["Crypto"]),
        tests("Concurrency", ["Concurrency", "Bytes"]),
        tests("HTTPServer", ["HTTPServer", "Bytes", "Logging"]),
        tests("FFmpeg", ["FFmpeg", "Bytes", "CFFmpeg"]),
        tests("MediaModel", ["MediaModel"]),
        // Its workers are processes of the real program.
        tests(
            "MediaWorker",
            [
                "MediaWorker", "MediaModel", "FFmpeg", "ObjectStore", "Bytes", "Crypto", "Logging", "Concurrency",
                "Mutation", "HostileMedia", "TestPrograms", "Darkroom",
            ], exclude: ["scripts"]),
        tests("HTTPClient", ["HTTPClient", "Bytes", "Crypto", "TestPrograms"], exclude: ["scripts"]),
        tests(
            "ObjectStore", ["ObjectStore", "HTTPClient", "Bytes", "Crypto", "Concurrency", "TestPrograms"],
            exclude: ["scripts"]),
        tests("ChatBridge", ["ChatBridge", "MediaModel", "JSON"]),
        tests(
            "Reprocessing",
            [
                "Reprocessing", "ChatBridge", "JSON", "MediaWorker", "MediaModel", "FFmpeg", "ObjectStore", "Bytes",
                "Logging",
                "Concurrency",
                "TestPrograms",
            ],
            exclude: ["scripts"]),
        tests(
            "Clients", ["Darkroom", "ChatBridge", "JSON", "HostileMedia", "TestPrograms"],
            exclude: ["scripts", "References", "requirements.txt"]),
        // The real program while something goes wrong: kills, clocks that step, clients that do not behave, minutes of work.
        tests("Chaos", ["Darkroom", "TestPrograms"], exclude: ["scripts", "README.md"]),
        tests(
            "MediaAPI",
            [
                "MediaAPI", "ChatBridge", "JSON", "MediaWorker", "MediaModel", "ObjectStore", "HTTPServer", "Crypto",
                "Logging",
                "Bytes",
                "TestPrograms",
            ]),
    ]
)
