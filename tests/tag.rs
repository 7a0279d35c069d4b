//! `ropa tag` in every syntax that a reader reads: the tags go in, the check is clean, a second run changes nothing, and
//! nothing of the file is lost.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn ropa(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ropa"))
        .current_dir(folder)
        .args(args)
        .args(["--as-of", "2026-11-20", "--color", "never"])
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether every character of the old text stands in the new one, in order.
fn is_kept(old: &str, new: &str) -> bool {
    let mut rest = new.chars();
    old.chars().all(|c| rest.any(|n| n == c))
}

/// Tags a file, and holds what the issue of tags is about. Gives the tagged text.
fn round(file: &str, old: &str, wanted: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = folder.path();
    let path = here.join(file);
    fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("writable");
    fs::write(&path, old).expect("writable");
    fs::create_dir(here.join(".git")).expect("writable");
    let before = ropa(here, &["check", "-q", "."]);
    assert_eq!(
        before.status.code(),
        Some(1),
        "{file}: {}{}",
        text(&before.stdout),
        text(&before.stderr)
    );
    let shown = ropa(here, &["tag", "."]);
    assert_eq!(
        fs::read_to_string(&path).expect("readable"),
        old,
        "{file}: shown only"
    );
    let diff = text(&shown.stdout);
    let written = ropa(here, &["tag", ".", "--write"]);
    assert_eq!(
        written.status.code(),
        Some(0),
        "{file}: {}",
        text(&written.stderr)
    );
    let new = fs::read_to_string(&path).expect("readable");
    assert!(is_kept(old, &new), "{file} lost something:\n{diff}");
    for tag in wanted {
        assert!(new.contains(tag), "{file} lacks {tag}:\n{new}");
    }
    assert!(
        !here.join("ropa.toml").exists(),
        "{file} needed corrections:\n{diff}"
    );
    let after = ropa(here, &["check", "-q", "."]);
    assert_eq!(
        after.status.code(),
        Some(0),
        "{file}: {}\n{new}",
        text(&after.stdout)
    );
    ropa(here, &["tag", ".", "--write"]);
    assert_eq!(
        fs::read_to_string(&path).expect("readable"),
        new,
        "{file}: a second run changes nothing"
    );
    new
}

#[test]
fn postgresql() {
    round(
        "db/schema.sql",
        "CREATE EXTENSION citext;\nCREATE TABLE public.customers (\n    id bigserial PRIMARY KEY,\n    email citext NOT NULL, -- work\n    \"firstName\" text\n);\nCOMMENT ON COLUMN public.customers.email IS 'the customer''s address';\nALTER TABLE public.customers ADD COLUMN date_of_birth date;\n",
        &[
            "'the customer''s address @pii contact.email'",
            "COMMENT ON COLUMN public.customers.\"firstName\" IS '@pii contact.name';",
            "COMMENT ON COLUMN public.customers.date_of_birth IS '@pii contact.birth_date';",
        ],
    );
}

#[test]
fn mysql() {
    round(
        "schema.sql",
        "CREATE TABLE `customers` (\n  `id` int unsigned NOT NULL AUTO_INCREMENT,\n  `email` varchar(255) NOT NULL COMMENT 'login',\n  `last_name` varchar(80) DEFAULT NULL,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n",
        &[
            "COMMENT 'login @pii contact.email'",
            "DEFAULT NULL COMMENT '@pii contact.name',",
        ],
    );
}

#[test]
fn sqlite_and_sql_server() {
    round(
        "schema.sql",
        "PRAGMA foreign_keys = ON;\nCREATE TABLE customers (\n  id INTEGER PRIMARY KEY AUTOINCREMENT,\n  email TEXT, -- work\n  last_name TEXT\n);\n",
        &[
            "email TEXT, -- work @pii contact.email\n",
            "last_name TEXT -- @pii contact.name\n",
        ],
    );
    round(
        "schema.sql",
        "CREATE TABLE [dbo].[Customers] (\r\n\t[Id] [int] IDENTITY(1,1) NOT NULL,\r\n\t[Email] [nvarchar](200) NOT NULL,\r\n\t[LastName] [nvarchar](80) NULL\r\n)\r\nGO\r\n",
        &[
            "NOT NULL, -- @pii contact.email\r\n",
            "NULL -- @pii contact.name\r\n",
        ],
    );
}

#[test]
fn warehouses() {
    round(
        "schema.sql",
        "CREATE TABLE shop.customers (\n  id INT64,\n  email STRING,\n  last_name STRING OPTIONS(description='family name')\n);\n",
        &["email STRING OPTIONS(description = '@pii contact.email')"],
    );
    round(
        "schema.sql",
        "CREATE OR REPLACE TRANSIENT TABLE customers (\n  id NUMBER,\n  payload VARIANT,\n  email VARCHAR\n);\n",
        &["email VARCHAR COMMENT '@pii contact.email'"],
    );
    round(
        "schema.sql",
        "CREATE TABLE customers (\n  id NUMBER(10),\n  email VARCHAR2(200)\n);\n",
        &["COMMENT ON COLUMN customers.email IS '@pii contact.email';"],
    );
}

#[test]
fn rails() {
    round(
        "db/schema.rb",
        "ActiveRecord::Schema[7.1].define(version: 2026_01_01_000000) do\n  create_table \"customers\", force: :cascade do |t|\n    t.string \"email\", default: \"\", null: false\n    t.string \"last_name\", comment: \"family name\"\n    t.date \"date_of_birth\"\n    t.index [\"email\"], name: \"index_customers_on_email\", unique: true\n  end\nend\n",
        &[
            "null: false, comment: \"@pii contact.email\"",
            "comment: \"family name @pii contact.name\"",
        ],
    );
}

#[test]
fn django() {
    round(
        "shop/models.py",
        "from django.db import models\n\n\nclass Customer(models.Model):\n    email = models.EmailField(unique=True)\n    last_name = models.CharField(\n        max_length=80,\n        blank=True,\n    )\n    date_of_birth = models.DateField(null=True)  # from the form\n",
        &["unique=True)  # @pii contact.email"],
    );
}

#[test]
fn prisma() {
    round(
        "prisma/schema.prisma",
        "model Customer {\n  id       Int     @id @default(autoincrement())\n  email    String  @unique\n  /// Family name\n  lastName String?\n}\n",
        &["  /// @pii contact.email\n  email    String  @unique\n"],
    );
}

#[test]
fn sqlalchemy() {
    round(
        "shop/models.py",
        "from sqlalchemy import Column, Date, Integer, String\nfrom sqlalchemy.orm import Mapped, declarative_base, mapped_column\n\nBase = declarative_base()\n\n\nclass Customer(Base):\n    __tablename__ = \"customers\"\n\n    id = Column(Integer, primary_key=True)\n    email = Column(String(255), unique=True)  # work\n    last_name: Mapped[str] = mapped_column(String(80))\n    date_of_birth = Column(\n        Date,\n        nullable=True,\n    )\n    phone: Mapped[str]\n",
        &[
            "unique=True, info={\"pii\": \"contact.email\"})  # work",
            "String(80), info={\"pii\": \"contact.name\"})",
            "    phone: Mapped[str]  # @pii contact.phone\n",
        ],
    );
}

#[test]
fn pydantic_and_dataclasses() {
    round(
        "shop/schemas.py",
        "from dataclasses import dataclass\n\nfrom pydantic import BaseModel, Field\n\n\nclass Customer(BaseModel):\n    email: str\n    last_name: str = Field(max_length=80)\n\n\n@dataclass\nclass Applicant:\n    date_of_birth: str\n    phone_number: str = \"\"\n",
        &["    email: str  # @pii contact.email\n"],
    );
}

#[test]
fn typescript() {
    round(
        "src/customer.entity.ts",
        "import { Column, Entity } from \"typeorm\";\n\n@Entity()\nexport class Customer {\n  @Column({ unique: true })\n  email: string;\n\n  // family name\n  @Column()\n  lastName: string;\n}\n\nexport interface Applicant {\n  dateOfBirth: string;\n  phoneNumber?: string; // mobile\n}\n",
        &[
            "@pii contact.email",
            "/** @pii contact.birth_date */\n  dateOfBirth",
        ],
    );
}

#[test]
fn java_and_kotlin() {
    round(
        "src/Customer.java",
        "package org.example.shop;\n\n@Entity\npublic class Customer {\n    @Column(nullable = false)\n    private String email;\n\n    /** Family name. */\n    private String lastName;\n\n    private LocalDate dateOfBirth; // from the form\n}\n",
        &["/** @pii contact.email */"],
    );
    round(
        "src/Customer.kt",
        "package org.example.shop\n\n@Entity\ndata class Customer(\n    @Id val id: Long,\n    @Column(nullable = false)\n    val email: String,\n    val lastName: String,\n    val dateOfBirth: LocalDate? = null,\n)\n",
        &["@pii contact.email"],
    );
}

#[test]
fn go() {
    round(
        "customer.go",
        "package shop\n\ntype Customer struct {\n\tID          int64  `json:\"id\"`\n\tEmail       string `json:\"email\" gorm:\"uniqueIndex\"`\n\tLastName    string `json:\"last_name\"` // family name\n\tDateOfBirth string `db:\"date_of_birth\"`\n\tPhoneNumber string\n}\n",
        &[
            "`json:\"email\" gorm:\"uniqueIndex\" pii:\"contact.email\"`",
            "`json:\"last_name\" pii:\"contact.name\"` // family name",
        ],
    );
}

#[test]
fn rust() {
    round(
        "src/customer.rs",
        "use serde::Serialize;\n\n/// A customer.\n#[derive(Serialize)]\npub struct Customer {\n    pub id: i64,\n    #[serde(rename = \"mail\")]\n    pub email: String,\n    /// Family name.\n    pub last_name: String,\n    pub date_of_birth: Option<String>,\n}\n",
        &["/// @pii contact.email"],
    );
}

#[test]
fn csharp() {
    round(
        "Customer.cs",
        "namespace Shop;\n\npublic class Customer\n{\n    public int Id { get; set; }\n\n    [Required]\n    public string Email { get; set; }\n\n    /// <summary>Family name.</summary>\n    public string LastName { get; set; }\n\n    public DateOnly DateOfBirth { get; set; }\n}\n",
        &["/// <remarks>@pii contact.email</remarks>"],
    );
}

#[test]
fn swift() {
    round(
        "Customer.swift",
        "struct Customer: Codable {\n    let id: Int\n    let email: String\n    var lastName: String?\n}\n",
        &["/// @pii contact.email"],
    );
}

#[test]
fn php() {
    round(
        "src/Customer.php",
        "<?php\n\nnamespace Shop;\n\n#[ORM\\Entity]\nclass Customer\n{\n    #[ORM\\Column(length: 255)]\n    private string $email;\n\n    private ?string $lastName = null;\n}\n",
        &["/** @pii contact.email */"],
    );
    round(
        "database/migrations/2026_01_01_000000_create_customers_table.php",
        "<?php\n\nreturn new class extends Migration\n{\n    public function up(): void\n    {\n        Schema::create('customers', function (Blueprint $table) {\n            $table->id();\n            $table->string('email')->unique();\n            $table->string('last_name')->comment('family name');\n            $table->date('date_of_birth')->nullable(); // from the form\n        });\n    }\n};\n",
        &["@pii contact.email"],
    );
}

#[test]
fn elixir() {
    round(
        "lib/shop/customer.ex",
        "defmodule Shop.Customer do\n  use Ecto.Schema\n\n  schema \"customers\" do\n    field :email, :string\n    field :last_name, :string # family name\n  end\nend\n",
        &["# @pii contact.email"],
    );
}

#[test]
fn protobuf() {
    round(
        "shop.proto",
        "syntax = \"proto3\";\n\nmessage Customer {\n  int64 id = 1;\n  string email = 2;\n  // Family name.\n  string last_name = 3;\n  string date_of_birth = 4 [deprecated = true]; // ISO 8601\n}\n",
        &["  // @pii contact.email\n  string email = 2;"],
    );
}

#[test]
fn graphql() {
    round(
        "schema.graphql",
        "type Customer {\n  id: ID!\n  email: String!\n  \"Family name\"\n  lastName: String\n  \"\"\"\n  As the form has it\n  \"\"\"\n  dateOfBirth: String\n}\n",
        &[
            "\"Family name @pii contact.name\"",
            "\"\"\"@pii contact.email\"\"\"",
        ],
    );
}

#[test]
fn dbt() {
    round(
        "models/schema.yml",
        "version: 2\n\nmodels:\n  - name: customers\n    columns:\n      - name: id\n      - name: email\n        description: work\n      - name: last_name\n        data_type: varchar\n",
        &[
            "      - name: email\n        config:\n          meta:\n            pii: contact.email\n        description: work\n",
        ],
    );
}

#[test]
fn openapi_and_json_schema() {
    round(
        "openapi.yaml",
        "openapi: 3.1.0\ninfo:\n  title: Shop\n  version: '1'\npaths: {}\ncomponents:\n  schemas:\n    Customer:\n      type: object\n      properties:\n        id:\n          type: integer\n        email:\n          type: string\n          format: email\n        last_name: { type: string }\n",
        &[
            "        email:\n          x-pii: contact.email\n          type: string\n",
            "last_name: { x-pii: \"contact.name\", type: string }",
        ],
    );
    round(
        "openapi.json",
        "{\n  \"openapi\": \"3.1.0\",\n  \"info\": { \"title\": \"Shop\", \"version\": \"1\" },\n  \"paths\": {},\n  \"components\": {\n    \"schemas\": {\n      \"Customer\": {\n        \"type\": \"object\",\n        \"properties\": {\n          \"email\": {\n            \"type\": \"string\"\n          },\n          \"last_name\": { \"type\": \"string\" }\n        }\n      }\n    }\n  }\n}\n",
        &["\"email\": {\n            \"x-pii\": \"contact.email\",\n"],
    );
    round(
        "customer.schema.json",
        "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": \"Customer\",\n  \"type\": \"object\",\n  \"properties\": {\n    \"email\": { \"type\": \"string\" },\n    \"last_name\": {\n      \"type\": \"string\"\n    }\n  }\n}\n",
        &["\"email\": { \"x-pii\": \"contact.email\", \"type\": \"string\" }"],
    );
}

#[test]
fn asyncapi() {
    round(
        "asyncapi.yaml",
        "asyncapi: 3.0.0\ninfo:\n  title: Shop\n  version: '1'\ncomponents:\n  schemas:\n    Customer:\n      type: object\n      properties:\n        email:\n          type: string\n        last_name:\n          type: string\n",
        &["x-pii: contact.email"],
    );
}

#[test]
fn avro() {
    round(
        "customer.avsc",
        "{\n  \"type\": \"record\",\n  \"name\": \"Customer\",\n  \"fields\": [\n    {\"name\": \"id\", \"type\": \"long\"},\n    {\"name\": \"email\", \"type\": \"string\"},\n    {\"name\": \"last_name\", \"type\": [\"null\", \"string\"], \"default\": null}\n  ]\n}\n",
        &[
            "{\"name\": \"email\", \"confluent:tags\": [\"PII\"], \"pii\": \"contact.email\", \"type\": \"string\"}",
        ],
    );
}

#[test]
fn bigquery_schema_files() {
    round(
        "customers.json",
        "[\n  {\"name\": \"id\", \"type\": \"INTEGER\", \"mode\": \"REQUIRED\"},\n  {\"name\": \"email\", \"type\": \"STRING\", \"mode\": \"NULLABLE\"},\n  {\n    \"name\": \"last_name\",\n    \"type\": \"STRING\",\n    \"mode\": \"NULLABLE\",\n    \"description\": \"family name\"\n  }\n]\n",
        &[
            "\"description\": \"@pii contact.email\"",
            "\"family name @pii contact.name\"",
        ],
    );
}

#[test]
fn data_contracts_and_fides_datasets() {
    round(
        "contract.yaml",
        "apiVersion: v3.0.0\nkind: DataContract\nid: shop\nversion: 1.0.0\nstatus: active\nschema:\n  - name: customers\n    properties:\n      - name: email\n        logicalType: string\n      - name: last_name\n        logicalType: string\n",
        &[
            "      - name: email\n        customProperties:\n          - property: pii\n            value: contact.email\n",
        ],
    );
    round(
        "dataset.yml",
        "dataset:\n  - fides_key: shop\n    name: Shop\n    collections:\n      - name: customers\n        fields:\n          - name: email\n          - name: last_name\n",
        &["data_categories:"],
    );
}

#[test]
fn salesforce() {
    round(
        "force-app/main/default/objects/Contact/fields/Private_Email__c.field-meta.xml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CustomField xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    <fullName>Private_Email__c</fullName>\n    <label>Private email</label>\n    <type>Email</type>\n</CustomField>\n",
        &["<description>@pii contact.email</description>"],
    );
}

#[test]
fn sap_cds_and_thrift() {
    round(
        "db/schema.cds",
        "namespace shop;\n\nentity Customers {\n  key id   : UUID;\n  email    : String(200);\n  lastName : String(80);\n}\n",
        &["@pii contact.email"],
    );
    round(
        "shop.thrift",
        "struct Customer {\n  1: i64 id,\n  2: string email,\n  3: optional string last_name\n}\n",
        &["// @pii contact.email"],
    );
}

#[test]
fn records_without_comments_are_tagged_in_ropa_toml() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = folder.path();
    fs::write(
        here.join("ropa.toml"),
        "# ours\n[check]\nmust_tag = [{ fields = \"*.csv:*\" }]\n",
    )
    .expect("writable");
    fs::write(
        here.join("leads.csv"),
        "email,last_name\njo@example.com,Moreau\nkim@example.org,Lindqvist\n",
    )
    .expect("writable");
    assert_eq!(ropa(here, &["check", "-q"]).status.code(), Some(1));
    assert_eq!(ropa(here, &["tag", "--write", "-q"]).status.code(), Some(0));
    let config = fs::read_to_string(here.join("ropa.toml")).expect("readable");
    assert!(
        config.starts_with("# ours\n[check]\n")
            && config.contains("field = \"leads.csv:leads.csv.email\""),
        "{config}"
    );
    let after = ropa(here, &["check", "-q"]);
    assert_eq!(after.status.code(), Some(0), "{}", text(&after.stdout));
    ropa(here, &["tag", "--write", "-q"]);
    assert_eq!(
        fs::read_to_string(here.join("ropa.toml")).expect("readable"),
        config
    );
}

#[test]
fn a_tag_of_the_table_counts_for_the_model_that_mirrors_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = folder.path();
    let table = |tag: &str| {
        format!(
            "ActiveRecord::Schema[7.1].define(version: 1) do\n  create_table \"customers\" do |t|\n    t.string \"email\"{tag}\n    t.integer \"shelf\"\n  end\nend\n"
        )
    };
    fs::create_dir_all(here.join("db")).expect("writable");
    fs::create_dir_all(here.join("src")).expect("writable");
    fs::create_dir(here.join(".git")).expect("writable");
    fs::write(here.join("db/schema.rb"), table("")).expect("writable");
    let model = "import { Column, Entity } from \"typeorm\";\n\n@Entity(\"customers\")\nexport class Customer {\n  @Column()\n  email: string;\n\n  @Column()\n  shelf: number;\n}\n";
    fs::write(here.join("src/customer.entity.ts"), model).expect("writable");
    let before = ropa(here, &["check", "-q"]);
    assert!(
        text(&before.stdout).contains("0 errors, 2 warnings"),
        "{}",
        text(&before.stdout)
    );
    let tagged = table(", comment: \"@pii contact.email\"");
    fs::write(here.join("db/schema.rb"), tagged).expect("writable");
    let after = ropa(here, &["check", "-q"]);
    assert_eq!(after.status.code(), Some(0), "{}", text(&after.stdout));
}

#[test]
fn the_diff_is_one_that_git_applies() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = folder.path();
    let git = |args: &[&str], input: Option<&str>| {
        fs::write(here.join("in.patch"), input.unwrap_or_default()).expect("writable");
        let done = Command::new("git")
            .current_dir(here)
            .args(args)
            .output()
            .expect("git runs");
        assert!(
            done.status.success(),
            "git {args:?}: {}",
            text(&done.stderr)
        );
    };
    fs::create_dir(here.join("db")).expect("writable");
    fs::write(
        here.join("db/a.sql"),
        "CREATE TABLE customers (\n  email TEXT,\n  last_name TEXT\n);\n",
    )
    .expect("writable");
    git(&["init", "-q"], None);
    let diff = ropa(here, &["tag", "-q", "."]);
    // Changed lines only are shown, so that nothing else of the file is: git wants to be told.
    git(
        &["apply", "--unidiff-zero", "in.patch"],
        Some(&text(&diff.stdout)),
    );
    assert_eq!(ropa(here, &["check", "-q", "db"]).status.code(), Some(0));
}
