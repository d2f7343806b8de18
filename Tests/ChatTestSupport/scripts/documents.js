// What documents.py does, by the driver of a chat server in Node (Debian's node-mongodb). Of MongoDB's extended JSON it knows
// ObjectIds and dates.
//
//     documents.js URI

"use strict";
const readline = require("readline");
const { MongoClient, ObjectID, Long } = require("mongodb");

function read(value) {
    if (Array.isArray(value)) return value.map(read);
    if (value === null || typeof value !== "object") return value;
    if ("$oid" in value) return new ObjectID(value.$oid);
    if ("$date" in value) return new Date(value.$date);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, read(inner)]));
}

function written(value) {
    if (Array.isArray(value)) return value.map(written);
    if (value === null || typeof value !== "object") return value;
    if (value instanceof ObjectID) return { $oid: value.toHexString() };
    if (value instanceof Date) return { $date: value.toISOString() };
    if (value instanceof Long) return value.toNumber();
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, written(inner)]));
}

async function perform(client, command) {
    const collection = (path) => {
        const [database, ...rest] = path.split(".");
        return client.db(database).collection(rest.join("."));
    };
    if ("insert" in command) {
        await collection(command.insert).insertMany(command.documents.map(read));
        return {};
    }
    if ("update" in command) {
        await collection(command.update).updateMany(read(command.filter), read(command.with));
        return {};
    }
    if ("delete" in command) {
        await collection(command.delete).deleteMany(read(command.filter));
        return {};
    }
    if ("find" in command) {
        const found = await collection(command.find).find(read(command.filter)).sort({ _id: 1 }).toArray();
        return { documents: found.map(written) };
    }
    throw new Error("documents.py alone does that");
}

async function main() {
    const client = await MongoClient.connect(process.argv[2], { useNewUrlParser: true, useUnifiedTopology: true });
    for await (const line of readline.createInterface({ input: process.stdin })) {
        const answer = await perform(client, JSON.parse(line)).catch((error) => ({ error: String(error) }));
        process.stdout.write(JSON.stringify(answer) + "\n");
    }
    await client.close();
}

main();
