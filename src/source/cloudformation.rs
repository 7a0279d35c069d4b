//! CloudFormation templates: tables, user pools and feature groups whose fields stand in the template, as datasets.
//! Everything else in it is configuration; functions such as `!Ref` are not worked out.

use super::tree::{self, Document, Node, has_key};
use super::{Input, Sink};
use crate::field::{DatasetKind, Field};

/// The reader of CloudFormation templates.
pub static READER: Document = Document {
    format: "cloudformation",
    marks: &["AWS::"],
    is_ours,
    tell,
    is_config: true,
};

fn is_ours(_: &Input, outline: &[(String, String)]) -> bool {
    has_key(outline, "Resources")
        || has_key(outline, "AWSTemplateFormatVersion")
        || has_key(outline, "Transform")
}

/// Where a kind of resource lists fields, and what its elements call name, type and comment.
struct List {
    resource: &'static str,
    path: &'static [&'static str],
    keys: [&'static str; 2],
}

const fn list(
    resource: &'static str,
    path: &'static [&'static str],
    keys: [&'static str; 2],
) -> List {
    List {
        resource,
        path,
        keys,
    }
}

const LISTS: &[List] = &[
    list(
        "AWS::DynamoDB::Table",
        &["AttributeDefinitions"],
        ["AttributeName", "AttributeType"],
    ),
    list(
        "AWS::DynamoDB::GlobalTable",
        &["AttributeDefinitions"],
        ["AttributeName", "AttributeType"],
    ),
    list(
        "AWS::Serverless::SimpleTable",
        &["PrimaryKey"],
        ["Name", "Type"],
    ),
    list(
        "AWS::Glue::Table",
        &["TableInput", "StorageDescriptor", "Columns"],
        ["Name", "Type"],
    ),
    list(
        "AWS::Glue::Table",
        &["TableInput", "PartitionKeys"],
        ["Name", "Type"],
    ),
    list(
        "AWS::Cassandra::Table",
        &["PartitionKeyColumns"],
        ["ColumnName", "ColumnType"],
    ),
    list(
        "AWS::Cassandra::Table",
        &["RegularColumns"],
        ["ColumnName", "ColumnType"],
    ),
    list(
        "AWS::Cassandra::Table",
        &["ClusteringKeyColumns", "*", "Column"],
        ["ColumnName", "ColumnType"],
    ),
    list(
        "AWS::SageMaker::FeatureGroup",
        &["FeatureDefinitions"],
        ["FeatureName", "FeatureType"],
    ),
    list(
        "AWS::Cognito::UserPool",
        &["Schema"],
        ["Name", "AttributeDataType"],
    ),
    list("AWS::Cognito::UserPool", &["UsernameAttributes"], ["", ""]),
    list(
        "AWS::Cognito::UserPool",
        &["AutoVerifiedAttributes"],
        ["", ""],
    ),
    list("AWS::Cognito::UserPool", &["AliasAttributes"], ["", ""]),
    list(
        "AWS::QuickSight::DataSet",
        &["PhysicalTableMap", "*", "CustomSql", "Columns"],
        ["Name", "Type"],
    ),
];

const NAMES: &[&[&str]] = &[
    &["TableName"],
    &["TableInput", "Name"],
    &["UserPoolName"],
    &["FeatureGroupName"],
    &["Name"],
];

fn tell(_: &Input, root: &Node, sink: &mut dyn Sink) {
    for resource in root.get("Resources").map_or(&[][..], Node::entries) {
        let Some(kind) = resource.node.text_of("Type") else {
            continue;
        };
        let Some(properties) = resource.node.get("Properties") else {
            continue;
        };
        let mut fields: Vec<Field> = Vec::new();
        for list in LISTS.iter().filter(|l| l.resource == kind) {
            for node in nodes(properties, list.path) {
                let found = field(node, &list.keys);
                let is_new = |f: &Field| fields.iter().all(|known| known.path != f.path);
                fields.extend(found.filter(is_new));
            }
        }
        let mut named = NAMES.iter().filter_map(|path| properties.at(path)?.text());
        // `!Sub` and the like leave a name open; the resource's own stays.
        let name = named
            .find(|name| !name.contains("${"))
            .unwrap_or(&resource.key);
        let dataset = tree::dataset(DatasetKind::Table, name, resource.line);
        tree::tell(dataset, fields, sink);
    }
}

/// The elements at a path, `*` for each entry or element.
fn nodes<'a>(node: &'a Node, path: &[&str]) -> Vec<&'a Node> {
    let mut found = vec![node];
    for step in path {
        found = found
            .into_iter()
            .flat_map(|node| match *step {
                "*" => {
                    let values = node.entries().iter().map(|e| &e.node);
                    values.chain(node.items()).collect::<Vec<_>>()
                }
                key => node.get(key).into_iter().collect(),
            })
            .collect();
    }
    found
        .into_iter()
        .flat_map(|node| match node.items() {
            [] => vec![node],
            items => items.iter().collect(),
        })
        .collect()
}

fn field(node: &Node, [name, kind]: &[&str; 2]) -> Option<Field> {
    if name.is_empty() {
        return Some(tree::field(node.text()?, node.line));
    }
    let name = node.get(name)?;
    Some(Field {
        declared_type: node.text_of(kind).map(str::to_owned),
        comment: node.text_of("Comment").map(str::to_owned),
        ..tree::field(name.text()?, name.line)
    })
}
